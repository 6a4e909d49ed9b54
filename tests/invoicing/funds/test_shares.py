"""Another organisation buys a share of an item itself."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.funds.shares import SharedAlready
from invoicing.models import Charge
from invoicing.receivables.charges import NotPending
from invoicing.services import claim_grant, set_vat_facts, share_item
from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import START
from tests.invoicing.books import FIRST, bill, nothing_written, rolled_back
from tests.invoicing.funds.granted import APRIL, cast_of
from tests.invoicing.journals.beyond_sales import finance_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return finance_person(partnership, "Pia Lowe", Role.FINANCE_OFFICER, actor)


def split(item: Charge, buyer: Organisation, pence: int, by: Actor, kind: SupplyKind | None = None) -> Charge:
    return share_item(item=item, buyer=buyer, pence=pence, kind=kind, on=FIRST, actor=by)


def test_the_share_is_an_item_of_the_same_service_with_its_working(charges, oakfield, council, priya):
    year = Period(FIRST, FIRST.replace(year=2027))
    item = charges(
        oakfield, 90_000, description="SENCO programme", service=year, recognition="over_time", instalments=3
    )
    half = split(item, council, 45_000, priya)
    item.refresh_from_db()
    assert (item.due_pence, half.net_pence) == (45_000, 45_000)
    same = (
        "consumer",
        "account_id",
        "stream_id",
        "bill_on",
        "service_from",
        "service_to",
        "recognition",
        "instalments",
    )
    assert [getattr(half, name) for name in same] == [getattr(item, name) for name in same]
    assert (half.invoice_to, half.vat_category, half.vat_rate) == (council, "S", Decimal("0.2"))
    assert item.steps == ["SENCO programme, £900.00", "Tidewell Borough Council buys a share itself: −£450.00"]
    assert half.steps == ["SENCO programme, £900.00", "The share that Tidewell Borough Council buys: £450.00"]
    assert half.description == "SENCO programme (share of £900.00 for Oakfield Primary School)"


def test_the_vat_of_the_share_is_that_of_its_buyer(charges, oakfield, council, priya):
    """Training by nobody's eligible body: 20% at home, outside the scope for a buyer abroad."""
    set_vat_facts(
        organisation=council, valid_from=START, registered=False, abroad=True, evidence="Its own letter", actor=priya
    )
    item = charges(oakfield, 90_000)
    assert split(item, council, 45_000, priya, SupplyKind.CONSULTANCY).vat_category == "O"
    assert sorted((one.customer_id, one.vat_pence) for one in bill()) == sorted(
        [(oakfield.pk, 9_000), (council.pk, 0)]
    )  # fmt: skip


def test_what_cannot_be_split(charges, oakfield, council, partnership, priya, actor):
    item = charges(oakfield, 90_000)
    for buyer, pence, words in [
        (oakfield, 1, "is invoiced for this item already"),
        (council, 0, r"more than £0\.00 and less than £900\.00"),
        (council, 90_000, r"less than £900\.00"),
        (partnership, 1, "cannot be invoiced by itself"),
    ]:
        with nothing_written(), pytest.raises(WrongInput, match=words):
            split(item, buyer, pence, priya)
    split(item, council, 100, priya)
    with pytest.raises(SharedAlready, match="buys a share of"):
        split(item, council, 100, priya)
    bill()
    with pytest.raises(NotPending):
        split(item, council, 100, priya)
    cast = cast_of(partnership, actor)
    grant = claim_grant(
        fund=cast.minds, payer=cast.health, pence=5_000, on=APRIL, description="Grant", source_key="1", actor=priya
    )
    with pytest.raises(WrongInput, match="A grant is no purchase"):
        split(grant, council, 100, priya)
    with pytest.raises(NotAllowed):
        split(item, council, 100, cast.edith)


@pytest.mark.usefixtures("partnership")
@given(whole=st.integers(2, 10**9), cut=st.integers(1, 10**9))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_items_together_are_the_whole(charges, oakfield, council, priya, whole, cut):
    pence = 1 + cut % (whole - 1)
    with rolled_back():
        item = charges(oakfield, whole, key="property:1")
        half = split(item, council, pence, priya)
        item.refresh_from_db()
        assert item.due_pence + half.due_pence == whole
