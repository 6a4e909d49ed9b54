"""An author school that earns 30% of what a customer pays."""

from datetime import date
from decimal import Decimal

from invoicing.payables.models import Payable
from invoicing.services import owe
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import platform
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.invoicing.books import FIRST

NO_VAT = VatTreatment("O", Decimal(0), "Supplier not registered for VAT")


def add_author() -> Organisation:
    """Larkfield Infant School, which wrote the kit."""
    return add_organisation(
        kind=Organisation.Kind.OTHER,
        name="Larkfield Infant School",
        valid_from=START,
        actor=platform("test"),
        address=Address(street="2 Lark Field", town="Tidewell", postcode="TW3 3CC"),
    )


def owed_to(
    author: Organisation, pence: int = 7_200, *, key: str = "royalty:1", of: str | None = None, on: date = FIRST
) -> Payable:
    """A royalty, at once or on the payment of an item to invoice."""
    return owe(
        source_key=key, provider=author, description="Phonics kit: royalty of 30%", net=Money(pence), vat=NO_VAT,
        account_code="6100", stream_code="PR", analysis_code="phonics-kit", release_on_payment_of=of, on=on,
        actor=platform("test"),
    )  # fmt: skip
