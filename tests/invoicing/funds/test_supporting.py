"""A fund of our own lowers a price: by whom, of what, once, and how it gets its money back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from invoicing.funds.models import FundSupport
from invoicing.funds.queries import figures_of_one
from invoicing.funds.supporting import StillOwed, SupportedAlready, supported_pence
from invoicing.ledger.fund_room import FundRefused
from invoicing.receivables.charges import NotPending
from invoicing.services import credit_in_full, lower_price, reduce, return_support, set_aside
from marketplace.core.errors import NotAllowed, WrongInput
from tests.invoicing.books import FIRST, bill, nothing_written, refused, run_sql
from tests.invoicing.funds.granted import approved, own_fund
from tests.invoicing.journals.beyond_sales import TODAY

pytestmark = pytest.mark.django_db
HALF = Decimal("0.5")


@pytest.fixture
def fund(cast):
    made = own_fund(cast.morgan)
    journal = set_aside(fund=made, pence=50_000, on=date(2026, 8, 31), reason="Reserve", today=TODAY, actor=cast.priya)
    approved(journal, cast.morgan)
    return made


def test_only_a_manager_lowers_a_price_once_and_from_a_fund_of_our_own(cast, fund, oakfield, charges):
    item = charges(oakfield, 10_000)
    given_ = {"charge": item, "fund": fund, "share": HALF, "on": FIRST, "actor": cast.morgan}
    with nothing_written():
        with pytest.raises(NotAllowed, match="You may not lower prices from a fund"):
            lower_price(**{**given_, "actor": cast.priya})
        with pytest.raises(FundRefused, match="restricted by its funder"):
            lower_price(**{**given_, "fund": cast.minds})
        for share in (Decimal(0), Decimal(1)):
            with pytest.raises(WrongInput, match="more than 0% and less than 100%"):
                lower_price(**{**given_, "share": share})
    lower_price(**given_)
    with nothing_written(), pytest.raises(SupportedAlready):
        lower_price(**given_)


def test_an_invoiced_item_keeps_its_price(cast, fund, oakfield, charges):
    item = charges(oakfield, 10_000)
    bill()
    with nothing_written(), pytest.raises(NotPending):
        lower_price(charge=item, fund=fund, share=HALF, on=FIRST, actor=cast.morgan)


def test_the_fund_gets_its_money_back_once_when_nothing_is_owed_any_more(cast, fund, oakfield, charges):
    support = lower_price(charge=charges(oakfield, 10_000), fund=fund, share=HALF, on=FIRST, actor=cast.morgan)
    again = {"support": support, "on": TODAY, "reason": "Not held", "actor": cast.morgan}
    [invoice] = bill()
    with nothing_written(), pytest.raises(StillOwed, match=r"£50\.00 of Service 1 still stands"):
        return_support(**again)
    credit_in_full(invoice=invoice, reason="Not held", on=TODAY, actor=cast.morgan)
    with pytest.raises(NotAllowed):
        return_support(**{**again, "actor": cast.priya})
    return_support(**again)
    figures = figures_of_one(cast.edith, fund, on=TODAY)
    assert (figures.received_pence, figures.spent_pence) == (50_000, 0)
    with nothing_written(), pytest.raises(SupportedAlready, match=r"has its £50\.00 back already"):
        return_support(**again)
    call_command("verify_ledger")


def test_an_item_cancelled_before_it_was_invoiced_gives_the_money_back_too(cast, fund, oakfield, charges):
    item = charges(oakfield, 10_000)
    support = lower_price(charge=item, fund=fund, share=HALF, on=FIRST, actor=cast.morgan)
    reduce(source_key="off", of=item.source_key, pence=5_000, reason="Called off", on=FIRST, actor=cast.morgan)
    return_support(support=support, on=TODAY, reason="Called off", actor=cast.morgan)
    assert figures_of_one(cast.edith, fund, on=TODAY).balance_pence == 50_000


def test_what_a_fund_paid_is_kept(cast, fund, oakfield, charges):
    lower_price(charge=charges(oakfield, 10_000), fund=fund, share=HALF, on=FIRST, actor=cast.morgan)
    for statement in ("UPDATE invoicing_fundsupport SET pence = 1", "DELETE FROM invoicing_fundsupport"):
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("what a fund paid is given back, never changed"):
            run_sql(statement)
    assert FundSupport.objects.get().pence == 5_000


@given(due=st.integers(1, 10**10), share=st.decimals("0.0001", "0.9999", places=4))
def test_what_the_fund_pays_and_what_the_school_pays_add_up(due, share):
    pays = supported_pence(due_pence=due, share=share)
    assert 0 <= pays <= due
    assert abs(pays - due * share) <= HALF
