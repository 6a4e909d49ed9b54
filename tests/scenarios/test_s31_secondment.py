"""Scenario 31: a council seconds an adviser, costed and not billed; a secondment that is paid for is in the ledger."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.models import Charge, JournalEntry
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.trading.engagements.services.supporting import record_support, worth_within
from marketplace.trading.models import SupportEntry
from tests.shop import person

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
ON = date(2026, 9, 1)


@pytest.fixture
def organiser(partnership, actor) -> Actor:
    return person(partnership, actor, name="Olive Organiser", role=Role.ORGANISER)


def seconded(organiser: Actor, **more: object) -> SupportEntry:
    given = {
        "kind": SupportEntry.Kind.SECONDMENT, "what": "An adviser for early years", "year_pence": 28_000_00,
        "held": YEAR, "days_a_week": Decimal(2), "on": ON, "actor": organiser,
    } | more  # fmt: skip
    return record_support(**given)  # type: ignore[arg-type]


def test_what_a_council_lends_stands_in_the_register_and_not_in_the_ledger(council, partnership, organiser):
    made = seconded(organiser, giver=council, receiver=partnership)
    assert worth_within(made, YEAR) == 28_000_00
    assert not Charge.objects.exists() and not JournalEntry.objects.exists()
    call_command("verify_ledger")


def test_the_annual_report_counts_the_days_of_its_year(council, partnership, organiser):
    made = seconded(organiser, giver=council, receiver=partnership)
    financial = Period(date(2026, 4, 1), date(2027, 4, 1))
    assert worth_within(made, financial) == 16_263_01  # 212 of 365 days
    assert worth_within(made, Period(date(2027, 4, 1), date(2028, 4, 1))) == 28_000_00 - 16_263_01
    longer = seconded(organiser, giver=council, receiver=partnership, held=Period(YEAR.start, date(2028, 3, 1)))
    assert worth_within(longer, Period(date(2020, 1, 1), date(2030, 1, 1))) == 28_000_00 + 13_923_50  # 182 of 366


def test_a_paid_secondment_is_charged_once(oakfield, partnership, organiser):
    made = seconded(
        organiser, giver=partnership, receiver=oakfield, paid=True, year_pence=14_600_00,
        held=Period(date(2026, 9, 1), date(2026, 11, 10)),
    )  # fmt: skip
    charge = Charge.objects.get()
    assert (charge.source_key, charge.net_pence) == (f"support:{made.number}", 2_800_00)  # 70 of 365 days
    assert charge.consumer_id == oakfield.pk
    call_command("verify_ledger")


def test_others_are_not_charged_for_by_us_and_nobody_supports_themselves(council, oakfield, partnership, organiser):
    with pytest.raises(WrongInput, match="Only what we give is charged by us"):
        seconded(organiser, giver=council, receiver=oakfield, paid=True)
    with pytest.raises(WrongInput, match="Nobody supports themselves"):
        seconded(organiser, giver=council, receiver=council)
    assert not SupportEntry.objects.exists() and not Charge.objects.exists()
