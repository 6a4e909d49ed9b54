"""A training firm that is registered for VAT, and a sole trader who is not: what they earn, and their agreements."""

from datetime import date
from decimal import Decimal

from invoicing.payables.models import Payable
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.agreements import agree_self_billing
from invoicing.services import owe
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import platform
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.core import small_files

ON = date(2026, 9, 30)
BEGINS = date(2026, 9, 1)
STANDARD = VatTreatment("S", Decimal("0.20"))
EXEMPT = VatTreatment("E", Decimal(0), "Training by an eligible body")
NONE = VatTreatment("O", Decimal(0), "Supplier not registered for VAT")


def add_firm(name: str = "Ridgeway Learning", vat_number: str = "GB 123 4567 82") -> Organisation:
    """A provider; without a VAT number it is not registered."""
    return add_organisation(
        kind=Organisation.Kind.OTHER, name=name, valid_from=START, vat_number=vat_number, actor=platform("test"),
        address=Address(street="4 Ridge Way", town="Tidewell", postcode="TW1 4RW"),
    )  # fmt: skip


def earned(
    provider: Organisation, pence: int, *, key: str, vat: VatTreatment = STANDARD, on: date = ON, account: str = "6100"
) -> Payable:
    """A payable, in pence before VAT."""
    return owe(
        source_key=key, provider=provider, description=f"Visit {key}", net=Money(pence), vat=vat, account_code=account,
        stream_code="SI", on=on, actor=platform("test"),
    )  # fmt: skip


def agreed(provider: Organisation, *, begins: date = BEGINS, ends: date | None = None) -> SelfBillingAgreement:
    """An agreement that the provider signed on paper."""
    return agree_self_billing(
        provider=provider, valid_from=begins, valid_to=ends, signed_name="Robin Ridge", paper=small_files.PDF,
        on=begins, actor=platform("test"),
    )  # fmt: skip
