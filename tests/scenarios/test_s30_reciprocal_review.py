"""Scenario 30: schools review each other; days given and received are kept, and what is left is settled in money."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from invoicing.models import Charge, Payable
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.services.reviewing import (
    ReviewChanged,
    ReviewSettled,
    due_of,
    open_review,
    record_review_day,
    settle_review,
)
from marketplace.trading.models import ReviewDay, ReviewRound
from tests.shop import buyer, person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
HELD = date(2026, 10, 14)


@pytest.fixture
def three(partnership, tmp_path, actor) -> list[Organisation]:
    return schools(tmp_path, actor, {}, {"EstablishmentName": "Birch Vale"}, {"EstablishmentName": "Cedar Bank"})


@pytest.fixture
def organiser(partnership, actor) -> Actor:
    return person(partnership, actor, name="Olive Organiser", role=Role.ORGANISER)


def reviewed(three: list[Organisation], organiser: Actor, day_pence: int, *days: tuple[int, int, str]) -> ReviewRound:
    """A round with (giver, receiver, days) by the schools' places in the list."""
    made = open_review(title="Autumn reviews", day_pence=day_pence, on=HELD, actor=organiser)
    for giver, receiver, count in days:
        record_review_day(
            round=made, giver=three[giver], receiver=three[receiver], held_on=HELD, days=Decimal(count), actor=organiser
        )
    return made


def sums(kind: type[Charge] | type[Payable], who: str) -> dict[str, int]:
    rows = kind._default_manager.filter(source_key__startswith="review:")
    return dict(rows.values_list(f"{who}__name", "net_pence"))


def test_two_days_left_cost_700_pounds_to_one_and_earn_the_other_as_much(three, organiser):
    made = reviewed(three, organiser, 350_00, (0, 1, "2"), (1, 0, "2"), (0, 2, "2"))
    settle_review(round=made, expected_pence=700_00, on=ON, actor=organiser)
    assert sums(Charge, "consumer") == {three[2].name: 700_00}
    assert sums(Payable, "provider") == {three[0].name: 700_00}
    with pytest.raises(ReviewSettled, match="was settled on 2 November 2026"):
        settle_review(round=made, expected_pence=700_00, on=ON, actor=organiser)
    with pytest.raises(ReviewSettled):
        record_review_day(round=made, giver=three[0], receiver=three[1], held_on=ON, days=Decimal(1), actor=organiser)
    assert Charge.objects.count() == Payable.objects.count() == 1
    call_command("verify_ledger")


def test_a_second_set_with_parts_of_days_and_two_that_pay(three, organiser):
    made = reviewed(three, organiser, 333_33, (0, 1, "1.25"), (0, 2, "0.5"), (1, 2, "0.25"), (2, 1, "0.25"))
    assert dict(due_of(made).to_pay) == {three[1].pk: 416_66, three[2].pk: 166_67}
    settle_review(round=made, expected_pence=583_33, on=ON, actor=organiser)
    assert sums(Charge, "consumer") == {three[1].name: 416_66, three[2].name: 166_67}
    assert sums(Payable, "provider") == {three[0].name: 583_33}
    call_command("verify_ledger")


def test_days_that_balance_out_cost_nothing(three, organiser):
    made = reviewed(three, organiser, 350_00, *((a, b, "1") for a, b in pairwise((0, 1, 2, 0))))
    settle_review(round=made, expected_pence=0, on=ON, actor=organiser)
    assert not Charge.objects.exists() and not Payable.objects.exists()
    call_command("verify_ledger")


def test_what_came_out_otherwise_and_who_may_not_are_refused(three, organiser, oakfield):
    made = reviewed(three, organiser, 350_00, (0, 2, "2"))
    with pytest.raises(ReviewChanged, match="is to be settled now, not"):
        settle_review(round=made, expected_pence=350_00, on=ON, actor=organiser)
    with pytest.raises(NotAllowed):
        settle_review(round=made, expected_pence=700_00, on=ON, actor=buyer(oakfield))
    for giver, days in ((0, "0.3"), (0, "21"), (2, "1")):
        with pytest.raises(WrongInput):
            record_review_day(
                round=made, giver=three[giver], receiver=three[2], held_on=ON, days=Decimal(days), actor=organiser
            )
    assert ReviewDay.objects.count() == 1 and not Charge.objects.exists()


def test_the_database_itself_takes_no_day_of_a_settled_round(three, organiser):
    made = reviewed(three, organiser, 350_00, (0, 2, "2"))
    settle_review(round=made, expected_pence=700_00, on=ON, actor=organiser)
    with pytest.raises(IntegrityError, match="takes no more days"), transaction.atomic():
        ReviewDay.objects.create(round=made, giver=three[0], receiver=three[1], held_on=ON, days=1)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ReviewDay.objects.update(days=9)
