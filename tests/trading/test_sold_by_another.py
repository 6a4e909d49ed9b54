"""An offer that another supplier sells through us: quoted with its VAT, ordered, invoiced in its name."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.rules.classes import PriceClass
from catalogue.services import quote_for
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import end_mandate, run_billing, set_vat_facts
from marketplace.core.actors import Role
from marketplace.core.verification import verify
from marketplace.organisations.models import Organisation
from marketplace.trading.services import check_basket
from tests.conftest import START
from tests.invoicing.agency.fenland import add_fenland, mandate_for
from tests.shop import person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def fenland(partnership, actor) -> Organisation:
    supplier = add_fenland()
    mandate_for(supplier, person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager"))
    return supplier


@pytest.fixture
def licence(shop, fenland):
    """A year's licence at £500, taxed by the rules, which may be paid in instalments where it is ours."""
    return shop.offer(
        "licence", sold_by=fenland, vat_category="", term_months=12, prices={PriceClass.ANY: {"flat": "500"}}
    )


def test_it_is_ordered_here_and_invoiced_in_the_suppliers_name(licence, school, sam, buying, fenland, actor):
    order = buying.order(sam, buying.add(sam, school, licence, 1))
    assert (order.net_pence, order.vat_pence) == (50_000, 10_000)
    charge = Charge.objects.get()
    assert (charge.supplier, charge.account_id, charge.recognition) == (fenland, "2400", "at_once")
    run_billing(on=max(ON, charge.bill_on), actor=actor)
    invoice = Document.objects.get()
    assert (invoice.number, invoice.supplier) == ("FEN-000001", fenland)
    assert [found.invariant.name for found in verify() if found.violations] == []


def test_its_vat_is_the_suppliers(licence, school, actor, fenland):
    def rate() -> str:
        quote = quote_for(
            offer=licence, run=None, organisation=school, quantity=Decimal(1), on=ON, price_class=PriceClass.MEMBER
        )
        return f"{quote.vat.category} {quote.vat.reason}"

    assert rate() == "S "
    set_vat_facts(organisation=fenland, valid_from=START, registered=False, evidence="Below the threshold", actor=actor)
    assert rate() == "O supplier not registered for VAT"


def test_it_is_not_paid_in_instalments(licence, school, sam, buying):
    basket = buying.add(sam, school, licence, 1)
    assert check_basket(basket=basket, on=ON, actor=sam).instalments == 1


def test_without_a_mandate_it_cannot_be_ordered_and_nothing_is_lost(
    partnership, licence, school, sam, buying, fenland, actor
):
    manager = person(partnership, actor, role=Role.FINANCE_MANAGER, name="Mia Manager")
    basket = buying.add(sam, school, licence, 1)
    end_mandate(mandate=fenland.sales_mandates.get(), valid_to=date(2026, 2, 1), actor=manager)
    assert check_basket(basket=basket, on=ON, actor=sam).problems == [
        "Licence is not sold at the moment: we may not sell for Fenland Software Ltd."
    ]
    assert basket.lines.exists()
