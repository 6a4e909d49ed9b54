"""A supplier that sells through the partnership, and what was sold in its name."""

from datetime import date
from decimal import Decimal

from invoicing.documents.models import Document
from invoicing.mandates.models import SalesMandate
from invoicing.services import grant_mandate, set_vat_facts
from marketplace.core.actors import Actor, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START, Charges
from tests.invoicing.books import FIRST, bill


def add_fenland(*, vat_number: str = "GB987654321") -> Organisation:
    """Fenland Software Ltd, registered for VAT unless its number is empty."""
    return add_organisation(
        kind=Organisation.Kind.OTHER,
        name="Fenland Software Ltd",
        valid_from=START,
        actor=platform("test"),
        address=Address(street="7 Drove Road", town="Fenbridge", postcode="TW9 9ZZ"),
        vat_number=vat_number,
    )


def mandate_for(supplier: Organisation, manager: Actor, *, rate: str = "0.10", prefix: str = "FEN") -> SalesMandate:
    """We sell in its name from the beginning of 2026."""
    return grant_mandate(
        supplier=supplier, valid_from=date(2026, 1, 1), fee_rate=Decimal(rate), prefix=prefix,
        evidence="Agreement of 12 December 2025, signed by both", actor=manager,
    )  # fmt: skip


def may_sell(organisation: Organisation) -> SalesMandate:
    """A mandate of an organisation that is not registered for VAT."""
    everybody = platform("test")
    set_vat_facts(
        organisation=organisation, valid_from=START, registered=False, evidence="Below the threshold", actor=everybody
    )
    return mandate_for(organisation, everybody, prefix="SEL")


def sold(supplier: Organisation, customer: Organisation, pence: int, charges: Charges, **more: object) -> Document:
    """One invoice in the supplier's name, dated the first day."""
    charges(customer, pence, supplier=supplier, **more)
    [invoice] = bill(on=FIRST, actor=platform("test"))
    return invoice
