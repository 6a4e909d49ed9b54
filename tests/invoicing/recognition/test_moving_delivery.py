"""A course is held on another day: what is not invoiced and what is not income yet follow, and nothing else."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from invoicing.receivables.models import Charge
from invoicing.recognition.models import DeferralPart
from invoicing.recognition.releasing import release_income
from invoicing.services import move_delivery, run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.books import run_sql
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ON, MARCH, MAY = date(2026, 9, 1), date(2027, 3, 24), date(2027, 5, 11)
OLD, NEW = Period(MARCH, date(2027, 3, 25)), Period(MAY, date(2027, 5, 12))


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def places(charges: Charges, oakfield: Organisation) -> list[Charge]:
    """Two items for the course on 24 March 2027, £140.00 and £280.00."""
    given = {"service": OLD, "recognition": "on_date"}
    return [charges(oakfield, pence, key=f"place:{pence}", **given) for pence in (14000, 28000)]


def keys(places: list[Charge]) -> list[str]:
    return [one.source_key for one in places]


def test_what_is_not_invoiced_yet_takes_the_new_days_and_its_invoice_says_them(places, olga, actor):
    moved = move_delivery(
        charge_source_keys=keys(places), service=NEW, on=ON, actor=olga, description="Safeguarding, 11 May 2027"
    )
    assert (moved.items, moved.income) == (2, 0)
    run_billing(on=ON, actor=actor)
    lines = [one.document_line for one in Charge.objects.select_related("document_line")]
    assert {(line.service_from, line.description) for line in lines} == {(MAY, "Safeguarding, 11 May 2027")}
    assert {part.income_on for part in DeferralPart.objects.all()} == {MAY}


def test_invoiced_income_waits_for_the_new_day_and_is_released_then(places, olga, actor):
    run_billing(on=ON, actor=actor)
    moved = move_delivery(charge_source_keys=keys(places), service=NEW, on=ON, actor=olga)
    assert (moved.items, moved.income) == (0, 2)
    assert {one.document_line.service_from for one in Charge.objects.all()} == {MARCH}
    assert release_income(on=date(2027, 4, 1), actor=actor).pence == 0
    assert release_income(on=MAY, actor=actor).pence == 42000


def test_a_second_time_changes_nothing_and_says_nothing(places, olga, actor):
    run_billing(on=ON, actor=actor)
    move_delivery(charge_source_keys=keys(places), service=NEW, on=ON, actor=olga)
    told = Event.objects.filter(kind="charge.delivery_moved").count()
    again = move_delivery(charge_source_keys=keys(places), service=NEW, on=ON, actor=olga)
    assert (again.items, again.income, told) == (0, 0, 2)
    assert Event.objects.filter(kind="charge.delivery_moved").count() == 2


def test_what_is_income_already_stays_income(places, olga, actor):
    run_billing(on=ON, actor=actor)
    release_income(on=MARCH, actor=actor)
    assert move_delivery(charge_source_keys=keys(places), service=NEW, on=MARCH, actor=olga).income == 0
    assert {part.income_on for part in DeferralPart.objects.all()} == {MARCH}


def test_a_school_may_not_and_an_unknown_item_is_refused(places, olga, oakfield, actor):
    with pytest.raises(NotAllowed):
        move_delivery(charge_source_keys=keys(places), service=NEW, on=ON, actor=person(oakfield, actor))
    with pytest.raises(NotFound):
        move_delivery(charge_source_keys=["place:none"], service=NEW, on=ON, actor=olga)


def test_the_database_moves_the_day_of_nothing_else(places, charges, oakfield, actor):
    charges(oakfield, 12000, key="year", service=Period(ON, date(2027, 9, 1)), recognition="over_time")
    run_billing(on=ON, actor=actor)
    with pytest.raises(DatabaseError, match="its day and its amount stay"), transaction.atomic():
        run_sql("UPDATE invoicing_deferralpart SET income_on = income_on + 1 WHERE pence < 14000")
