"""Scenario 12: a peer review for a group of three costs £4,500, of which the partnership's own fund pays 60%: the price of
each falls, the fund is spent."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.funds.queries import figures_of_one
from invoicing.ledger.fund_room import FundOverspent
from invoicing.services import lower_price, set_aside
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.books import FIRST, balances, bill
from tests.invoicing.funds.granted import Cast, approved, cast_of, own_fund
from tests.invoicing.journals.beyond_sales import TODAY

pytestmark = pytest.mark.django_db
SIXTY = Decimal("0.60")


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)


def reserved(cast: Cast, pence: int):
    """A fund of the partnership's own with so much in it."""
    fund = own_fund(cast.morgan)
    journal = set_aside(
        fund=fund, pence=pence, on=date(2026, 8, 31), reason="Peer review of the year", today=TODAY, actor=cast.priya
    )
    approved(journal, cast.morgan)
    return fund


def schools(names: str, actor: Actor) -> list[Organisation]:
    return [
        add_organisation(kind=Organisation.Kind.OTHER, name=f"{name} Primary School", valid_from=START, actor=actor)
        for name in names.split()
    ]


def test_three_schools_pay_600_each_and_the_fund_pays_2700(cast, charges, actor):
    fund = reserved(cast, 500_000)
    for share, school in zip(Money(450_000).split([1, 1, 1]), schools("Ashgrove Beckside Dunmore", actor), strict=True):
        item = charges(school, share.pence, description="Peer review, group of three")
        lower_price(charge=item, fund=fund, share=SIXTY, on=FIRST, actor=cast.morgan)
    invoices = bill()
    assert [(one.net_pence, one.vat_pence, one.gross_pence) for one in invoices] == [(60_000, 12_000, 72_000)] * 3
    [line] = invoices[0].lines.all()
    assert line.working[-1] == "Peer review fund pays 60%: −£900.00"
    figures = figures_of_one(cast.edith, fund, on=TODAY)
    assert (figures.received_pence, figures.spent_pence, figures.balance_pence) == (500_000, 270_000, 230_000)
    assert balances() == {
        "1100": 216_000, "2200": -36_000, "3000": 230_000, "3100": -230_000, "4200": -180_000,
    }  # fmt: skip
    call_command("verify_ledger")


def test_the_second_set_two_schools_and_a_fund_that_is_enough_for_one(cast, charges, actor):
    """£333.33 each, 35% of it half up to £116.67; £200.00 set aside."""
    fund = reserved(cast, 20_000)
    first, second = (charges(school, 33_333) for school in schools("Eastcote Calder", actor))
    lower_price(charge=first, fund=fund, share=Decimal("0.35"), on=FIRST, actor=cast.morgan)
    with pytest.raises(FundOverspent, match=r"Peer review fund has £83\.33 left, so £116\.67 cannot be taken from it"):
        lower_price(charge=second, fund=fund, share=Decimal("0.35"), on=FIRST, actor=cast.morgan)
    second.refresh_from_db()
    assert (second.due_pence, second.steps) == (33_333, [])
    assert sorted(one.net_pence for one in bill()) == [21_666, 33_333]
    call_command("verify_ledger")
