"""Scenario 22: a health body grants money for one programme; what is spent is spent against it, outside VAT."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.funds.queries import figures_of, fund_movements
from invoicing.ledger.fund_room import FundOverspent
from invoicing.ledger.models import Fund
from invoicing.receivables.models import ReceivableItem
from invoicing.services import approve_purchase, open_fund, receive_grant, spend
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.books import balances, receive
from tests.invoicing.funds.granted import Cast, approved, bought, cast_of, entered, granted
from tests.invoicing.journals.beyond_sales import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)


def test_a_grant_of_60000_and_what_is_left_of_it(cast):
    priya, morgan, edith, supplier, health, minds = cast
    claim = granted(minds, health, 6_000_000)
    assert (claim.net_pence, claim.vat_pence, claim.gross_pence) == (6_000_000, 0, 6_000_000)
    [group] = claim.vat_groups.all()
    assert (group.category, group.reason) == ("O", "a grant, not a supply")
    bought(minds, supplier, 1_840_000, by=priya, then=morgan)
    approved(
        spend(
            fund=minds, pence=2_275_050, cost_account="7900", against="2450", on=date(2026, 8, 31),
            reason="Staff of the programme, April to August", today=TODAY, actor=priya,
        ),
        morgan,
    )  # fmt: skip
    [row] = figures_of(edith, on=TODAY)
    assert (row.received_pence, row.spent_pence, row.balance_pence) == (6_000_000, 4_115_050, 1_884_950)
    assert [(line.pence, line.balance) for line in fund_movements(edith, minds, on=TODAY)] == [
        (6_000_000, 6_000_000), (-1_840_000, 4_160_000), (-2_275_050, 1_884_950),
    ]  # fmt: skip
    [earlier] = figures_of(edith, on=date(2026, 6, 30))
    assert earlier.balance_pence == 4_160_000
    assert balances() == {
        "1100": 6_000_000, "2400": -1_840_000, "2450": -2_275_050, "4500": -6_000_000, "7400": 1_840_000,
        "7900": 2_275_050,
    }  # fmt: skip
    call_command("verify_ledger")


def test_the_second_set_two_funders_with_vat_that_does_not_come_back(cast, council):
    """£7,500.00 that came unasked and £1,234.56 that was claimed; a purchase of £6,200.00 and £1,240.00 of VAT."""
    priya, morgan, edith, supplier, health, _ = cast
    walks = open_fund(
        code="WALKS", name="Walking buses", kind=Fund.Kind.RESTRICTED, purpose="Walking buses of infant schools",
        funder=health, starts_on=date(2026, 5, 1), ends_on=date(2026, 9, 1), actor=morgan,
    )  # fmt: skip
    books = open_fund(
        code="BOOKS", name="Summer reading", kind=Fund.Kind.RESTRICTED, purpose="Books for the summer", funder=None,
        starts_on=date(2026, 5, 1), ends_on=None, actor=morgan,
    )  # fmt: skip
    money = receive(health, 800_000, key="bank:1", on=date(2026, 5, 4))
    taken = receive_grant(fund=walks, receipt=money, pence=750_000, description="Walking buses", actor=priya)
    money.refresh_from_db()
    assert (taken.state, money.remaining_pence) == ("billed", 50_000)
    assert ReceivableItem.objects.get().outstanding_pence == 0
    granted(books, council, 123_456, on=date(2026, 5, 4))
    bought(walks, supplier, 620_000, by=priya, then=morgan, rate="0.20", tag="non_business")
    figures = {row.fund.code: row for row in figures_of(edith, on=TODAY)}
    assert (figures["WALKS"].spent_pence, figures["WALKS"].balance_pence) == (744_000, 6_000)
    assert (figures["BOOKS"].received_pence, figures["BOOKS"].balance_pence) == (123_456, 123_456)
    waits = entered(walks, supplier, 6_001, by=priya, number="HR-8")
    with pytest.raises(FundOverspent, match=r"Walking buses has £60.00 left, so £60.01 cannot be taken from it"):
        approve_purchase(purchase=waits, version=waits.version, actor=morgan)
    waits.refresh_from_db()
    assert waits.state == "submitted"
    call_command("verify_ledger")
