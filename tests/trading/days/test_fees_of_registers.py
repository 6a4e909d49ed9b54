"""Closing the last register charges who missed it all, by the policy of their order; a correction takes it back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.cancellation import DEFAULT_POLICY
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import IncludedPlaces
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.money import Money
from marketplace.trading.models import Booking, BookingFee
from marketplace.trading.services import closing_preview, correct_attendance
from tests.trading.days.conftest import FIRST, Held, meetings_of

pytestmark = pytest.mark.django_db
POLICY: dict[str, Any] = {**DEFAULT_POLICY, "cases": [{"basis": "included", "not_attended": {"fee": "50"}}]}


@pytest.fixture
def gold(shop, school, sam, buying, organiser, actor) -> Held:
    """Two meetings; two included places and one with a price. Not coming costs £50.00 for an included place."""
    course = shop.course("gold", cancellation=_policy())
    run = meetings_of(course, actor, 2)
    basket = buying.add(sam, school, course, 3, run=run, delegates=["Ann Lee", "Bo Ray", "Cy Day"])
    buying.order(sam, basket, included={school.pk: IncludedPlaces("Gold", 2, 6)})
    places = list(Booking.objects.filter(run=run).select_related("run__offer", "order_line").order_by("position"))
    return Held(run, list(run.meetings.all()), places, organiser)


def _policy(**more: Any) -> dict[str, Any]:
    return {**POLICY, **more}


def fees() -> list[tuple[int, int]]:
    return list(BookingFee.objects.filter(undone_on=None).values_list("booking", "pence"))


def test_the_fee_is_shown_before_and_charged_once_and_taken_back_by_a_correction(gold, ledger_holds):
    gold.mark(0, "absent", "here", "absent")
    gold.close(0)
    assert fees() == []
    gold.mark(1, "absent", "absent", "absent")
    shown = closing_preview(meeting=gold.meetings[1])
    # Ann's included place costs the fee; Bo came once; Cy's place has its price, which stays owed: nothing more.
    assert (shown.last, shown.absent, shown.fee) == (True, 2, Money(5000))
    assert gold.close(1) == shown
    assert fees() == [(gold.places[0].pk, 5000)]
    correct_attendance(
        booking=gold.places[0], meeting=gold.meetings[0], mark="late", reason="She signed on paper",
        at=gold.meetings[1].ends_at, actor=gold.organiser,
    )  # fmt: skip
    assert fees() == []
    correct_attendance(
        booking=gold.places[0], meeting=gold.meetings[0], mark="absent", reason="That was somebody else",
        at=gold.meetings[1].ends_at, actor=gold.organiser,
    )  # fmt: skip
    assert fees() == [(gold.places[0].pk, 5000)]


def test_a_fee_that_was_invoiced_comes_back_by_a_credit_note(gold, actor, ledger_holds):
    gold.hold("absent", "here", "here")
    on = date(2026, 11, 2)
    run_billing(on=on, actor=actor)
    [key] = BookingFee.objects.values_list("charge_source_key", flat=True)
    assert Charge.objects.get(source_key=key).state == "billed"
    correct_attendance(
        booking=gold.places[0], meeting=gold.meetings[1], mark="here", reason="She was there",
        at=gold.meetings[1].ends_at, actor=gold.organiser,
    )  # fmt: skip
    note = Document.objects.get(kind=Document.Kind.CREDIT_NOTE)
    assert note.net_pence == 5000


@pytest.mark.parametrize(("strict", "charged"), [(True, 1), (False, 0)])
def test_coming_late_is_not_coming_only_where_the_policy_says_so(
    shop, school, sam, buying, organiser, actor, strict, charged
):
    course = shop.course("punctual", cancellation=_policy(late_is_absent=strict))
    run = meetings_of(course, actor, 1, FIRST)
    basket = buying.add(sam, school, course, Decimal(1), run=run)
    buying.order(sam, basket, included={school.pk: IncludedPlaces("Gold", 1, 6)})
    places = list(Booking.objects.filter(run=run).select_related("run__offer", "order_line"))
    Held(run, list(run.meetings.all()), places, organiser).hold("late")
    assert len(fees()) == charged


def test_prices_of_members_are_what_the_course_says(shop):
    """The policy above is one that the catalogue accepts."""
    assert (
        shop.course("checked", cancellation=_policy(), prices={PriceClass.ANY: {"flat": "1"}}).cancellation == _policy()
    )
