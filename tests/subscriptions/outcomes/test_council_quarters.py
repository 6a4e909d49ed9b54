"""Scenario 2 through the services: a council's contract by quarter, cut by a third from its third year, one indicator missed.

Each quarter bills 95% on its statement and, once verified, 5%: 8 quarters of £75,000 and 4 of £50,000 less £3,750. A second
contract runs with other figures.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.models import Charge
from marketplace.core.money import Money
from subscriptions.outcomes.models import OutcomeItem
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.deciding import accept, mark_not_met
from subscriptions.outcomes.services.ending import end_contracts_over
from subscriptions.outcomes.services.stating import freeze_due
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.invoicing.books import bill
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of, cut_from_year_three

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


def charged(contract):
    rows = Charge.objects.filter(source_key__startswith="outcome-statement:", label=contract.number)
    return sum(row.net_pence for row in rows)


def verify(contract, cast, number, *, met=True):
    """The indicator of a quarter: claimed by us, decided by the council, or missed and never claimed."""
    [item] = OutcomeItem.objects.filter(contract=contract, measure__code=f"q{number}-indicator").exclude(
        state=OutcomeItem.State.CANCELLED
    )
    if not met:
        on = item.due_on + timedelta(days=1)
        return mark_not_met(item=item, reason="Answered within weeks: 71% of 90%", on=on, actor=cast.commissioner)
    on = item.claimed_from + timedelta(days=9)
    before = charged(contract)
    claim = submit(item=item, words="The indicator was met", on=on, actor=cast.organiser)
    assert charged(contract) == before, "nothing is charged for a claim"
    return accept(submission=claim, on=on + timedelta(days=1), actor=cast.commissioner)


def run_quarters(contract, cast, numbers, *, missed=(), bill_too=True):
    """Each quarter's statement is frozen on the day after it, then its indicator is decided."""
    statements = {one.ordinal: one for one in contract.statements.order_by("ordinal")}
    for number in numbers:
        freeze_due(on=statements[number].cut_off + timedelta(days=1), actor=cast.manager)
        verify(contract, cast, number, met=number not in missed)


def cut(contract, cast, value, changes, *, valid_from=date(2027, 4, 1), on=date(2026, 12, 1)):
    version = propose_variation(
        contract=contract, valid_from=valid_from, value=value, changes=changes, reason="Budget", on=on,
        notice_given_on=on, actor=cast.organiser,
    )  # fmt: skip
    approve_variation(version=version, on=on, actor=cast.manager)
    return approve_variation(version=version, on=on, actor=cast.commissioner)


def test_three_years_cut_by_a_third_bill_796250_pounds(cast, actor):
    contract = agreed_contract(cast)
    run_quarters(contract, cast, range(1, 7), missed=[6])
    freeze_due(on=date(2027, 1, 1), actor=cast.manager)
    # Six quarters on time, the indicators of five.
    assert charged(contract) == 7 * 71_250_00 + 5 * 3_750_00
    assert cut(contract, cast, Money(800_000_00), cut_from_year_three()).state == "agreed"
    verify(contract, cast, 7)
    run_quarters(contract, cast, range(8, 13))
    freeze_due(on=date(2028, 7, 1), actor=cast.manager)
    assert charged(contract) == 796_250_00
    contract.refresh_from_db()
    assert (contract.settled_pence, contract.left_pence) == (796_250_00, 3_750_00)
    bill(on=date(2028, 7, 1))
    invoices = Document.objects.filter(customer=cast.council)
    assert {one.kind for one in invoices} == {"invoice"}, "no credit note for what was never billed"
    assert sum(one.gross_pence for one in invoices) == 955_500_00
    assert end_contracts_over(on=date(2028, 7, 2), actor=actor) == 1
    contract.refresh_from_db()
    assert contract.state == "ended"
    call_command("verify_ledger")


def test_two_years_raised_in_the_last_half_year_with_two_indicators_missed(cast):
    """£40,000 a year by quarter with 10% at risk, raised to £15,000 a quarter from the seventh: two indicators missed."""
    contract = agreed_contract(cast, years=2, quarter_pence=10_000_00, at_risk_pence=1_000_00)
    run_quarters(contract, cast, range(1, 6), missed=[2, 5])
    changes = cut_from_year_three(quarter_pence=15_000_00, at_risk_pence=1_500_00, first=7, last=8)
    cut(contract, cast, Money(90_000_00), changes, valid_from=date(2026, 10, 1), on=date(2026, 8, 20))
    run_quarters(contract, cast, [6, 7, 8])
    freeze_due(on=date(2027, 7, 1), actor=cast.manager)
    assert charged(contract) == 6 * 10_000_00 + 2 * 15_000_00 - 2 * 1_000_00 == 88_000_00
    assert OutcomeItem.objects.filter(contract=contract, state="not_met").count() == 2
    bill(on=date(2027, 7, 1))
    gross = sum(one.gross_pence for one in Document.objects.filter(customer=cast.council))
    assert gross == int(88_000_00 * Decimal("1.2"))
    call_command("verify_ledger")
