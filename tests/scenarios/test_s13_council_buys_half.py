"""Scenario 13: a council helps a school to a programme: it buys half itself, or pays a part of what the school buys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.funds.asked import payment_request_for, standing_of
from invoicing.models import Charge, ReceivableItem, UnallocatedItem
from invoicing.services import allocate, request_payment, run_billing, share_item
from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from tests.invoicing.books import balances, receive
from tests.invoicing.journals.beyond_sales import finance_person
from tests.shop import Shop, person, schools

pytestmark = pytest.mark.django_db
ORDERED, PAID = date(2026, 9, 1), date(2026, 9, 20)


@dataclass(frozen=True)
class Story:
    """The price in pounds, what is supplied, the council's part before VAT, and the VAT of each part and of the whole."""

    price: str
    kind: str
    whole: int
    councils: int
    vat_of_school: int
    vat_of_council: int
    vat_of_whole: int


# As described: £900.00 of training by an eligible body, exempt; half each.
DESCRIBED = Story("900.00", "training", 90_000, 45_000, 0, 0, 0)
# Our own: £1,333.33 of other services at 20%: a third of it, £444.44, and £888.89; 88.888 → £88.89, 177.778 → £177.78.
OUR_OWN = Story("1333.33", "other", 133_333, 44_444, 17_778, 8_889, 26_667)
EACH = pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)


@pytest.fixture
def ordered(shop: Shop, actor: Actor, order: Callable[..., Order], tmp_path: Any) -> Callable[[Story], Order]:
    """One order of the programme by a school."""

    def place(story: Story) -> Order:
        [school] = schools(tmp_path, actor, {"TypeOfEstablishment (name)": "Community school"})
        programme = shop.offer(
            "senco", title="SENCO programme", prices={PriceClass.ANY: {"flat": story.price}}, vat_category="",
            supply_kind=Offer.SupplyKind(story.kind),
        )  # fmt: skip
        return order(person(school, actor), school, [{"offer": programme}], on=ORDERED)

    return place


def _eligible(partnership: Organisation, actor: Actor) -> None:
    """The partnership is an eligible body, so that its training is exempt."""
    from invoicing.services import set_vat_facts

    set_vat_facts(
        organisation=partnership, valid_from=date(2026, 1, 1), registered=True, eligible_body=True,
        evidence="Articles of association", vat_number="GB123456789", actor=actor,
    )  # fmt: skip


@EACH
def test_the_council_buys_its_part_itself(ordered, partnership, council, priya, story):
    _eligible(partnership, priya)
    placed = ordered(story)
    item = Charge.objects.get()
    half = share_item(
        item=item, buyer=council, pence=story.councils, kind=SupplyKind[story.kind.upper()], on=ORDERED, actor=priya
    )
    assert half.consumer == placed.organisation
    run_billing(on=ORDERED, actor=priya)
    of_school, of_council = (Document.objects.get(customer=who) for who in (placed.organisation, council))
    assert (of_school.net_pence, of_school.vat_pence) == (story.whole - story.councils, story.vat_of_school)
    assert (of_council.net_pence, of_council.vat_pence) == (story.councils, story.vat_of_council)
    assert placed.lines.count() == 1
    assert of_school.lines.get().working[-1].startswith("Tidewell Borough Council buys a share itself: −£")
    assert of_council.lines.get().description.startswith("SENCO programme (share of £")
    call_command("verify_ledger")


@EACH
def test_the_council_pays_towards_the_schools_purchase(ordered, partnership, council, priya, story):
    _eligible(partnership, priya)
    placed = ordered(story)
    run_billing(on=ORDERED, actor=priya)
    invoice = Document.objects.get()
    assert (invoice.customer, invoice.net_pence, invoice.vat_pence) == (
        placed.organisation, story.whole, story.vat_of_whole,
    )  # fmt: skip
    books = balances()
    asked = request_payment(
        invoice=invoice, funder=council, pence=story.councils, reason="Half of the SENCO programme", on=ORDERED,
        actor=priya,
    )  # fmt: skip
    assert asked.number == "PRQ-000001"
    assert balances() == books  # the school owes its whole invoice
    assert standing_of(payment_request_for(priya, asked.number)) == "open"

    owed = invoice.items.get()
    part = receive(council, story.councils, key="bank:1", on=PAID)
    allocate(source=part, to=owed, pence=story.councils, on=PAID, actor=priya)
    found = payment_request_for(priya, asked.number)
    assert (found.paid_pence, found.left_pence, standing_of(found)) == (story.councils, 0, "paid")
    rest = invoice.gross_pence - story.councils
    own = receive(placed.organisation, rest, key="bank:2", on=PAID)
    allocate(source=own, to=owed, pence=rest, on=PAID, actor=priya)
    assert ReceivableItem.objects.get().outstanding_pence == 0
    assert not UnallocatedItem.objects.filter(remaining_pence__gt=0).exists()
    assert {code: pence for code, pence in balances().items() if code in ("1100", "2100")} == {}
    assert Decimal(balances()["1000"]) == invoice.gross_pence
    call_command("verify_ledger")
