"""Examples of the pages about self-billing and providers' invoices, finance's and the provider's, for frontend.pages."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.ledger.chart import ROYALTIES
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.services import owe
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import platform
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation

OFFICER, MANAGER, AUDITOR, PROVIDER = "finance_officer", "finance_manager", "auditor", "ridgeway"
_CODE = "ridgeway-learning"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _agreement(signed: bool) -> Callable[[World], str]:
    def address(_: World) -> str:
        found = SelfBillingAgreement.objects.filter(signed_on__isnull=not signed).latest("pk")
        return url("finance-self-billing-agreement", number=found.number)

    return address


def _invoice(**which: str) -> Callable[[World], str]:
    return lambda _: url("finance-provider-invoice", pk=ProviderInvoice.objects.filter(**which).latest("pk").pk)


def _own(name: str) -> Callable[[World], str]:
    return lambda _: url(name, provider=_CODE)


def _own_invoice(_: World) -> str:
    found = ProviderInvoice.objects.filter(kind="self_billed", provider__name="Ridgeway Learning").latest("pk")
    return url("provider-invoice", provider=_CODE, pk=found.pk)


def _to_credit(_: World) -> str:
    """An invoice that the firm wrote itself, before we wrote them."""
    found = ProviderInvoice.objects.filter(kind="own", state="agreed", provider__name="Ridgeway Learning").first()
    if found is None:
        firm = Organisation.objects.get(name="Ridgeway Learning")
        today = timezone.localdate()
        payable = owe(
            source_key="example-own", provider=firm, description="A day in a school", net=Money(36_000), on=today,
            account_code=ROYALTIES, stream_code="SI", vat=VatTreatment("O", Decimal(0), "Not registered for VAT"),
            actor=platform("examples"),
        )  # fmt: skip
        found = ProviderInvoice.objects.create(
            kind="own", state="agreed", provider=firm, number="RL-1", dated_on=today, due_on=today + timedelta(days=90),
            net_pence=36_000, vat_pence=0, gross_pence=36_000, outstanding_pence=36_000,
        )  # fmt: skip
        line = ProviderInvoiceLine.objects.create(
            invoice=found, position=1, payable=payable, net_pence=36_000, vat_category="O", vat_rate=0, vat_pence=0
        )
        InvoicedMove.objects.create(move=payable.moves.get(), line=line)
    return url("provider-credit-send", provider=_CODE, pk=found.pk)


def _own_agreement(_: World) -> str:
    found = SelfBillingAgreement.objects.filter(provider__name="Ridgeway Learning").latest("pk")
    return url("provider-self-billing", provider=_CODE, number=found.number)


def _today() -> str:
    return f"?on={timezone.localdate():%d/%m/%Y}"


PAGES: Pages = {
    "finance-self-billing": [
        Example(OFFICER, "full", _at("finance-self-billing"), finds="Write invoices"),
        Example(AUDITOR, "auditor", _at("finance-self-billing"), finds="Ridgeway Learning"),
    ],
    "finance-self-billing-new": [
        Example(MANAGER, "full", _at("finance-self-billing-new"), finds="twelve months at most"),
        Example(
            MANAGER, "error", _at("finance-self-billing-new"), post={"provider": "Nowhere"},
            finds="No organisation has the number",
        ),
    ],
    "finance-self-billing-agreement": [
        Example(MANAGER, "running", _agreement(True), finds="Who and when"),
        Example(MANAGER, "unsigned", _agreement(False), finds="Signed on paper"),
        Example(MANAGER, "error", _agreement(True), post={"do": "end"}, finds="Enter the reason"),
    ],
    "finance-self-billing-run": [
        Example(OFFICER, "date", _at("finance-self-billing-run"), finds="nothing is written yet"),
        Example(OFFICER, "full", lambda _: url("finance-self-billing-run") + _today(), finds="Ready to write"),
        Example(OFFICER, "error", _at("finance-self-billing-run", "?on=31/2/30"), finds="must be a real date"),
    ],
    "finance-provider-invoices": [
        Example(OFFICER, "full", _at("finance-provider-invoices"), finds="Ridgeway Learning"),
        Example(
            OFFICER, "empty", _at("finance-provider-invoices", "?provider=nobody-of-this-name"),
            finds="No invoices match these filters",
        ),
    ],
    "finance-provider-invoice": [
        Example(OFFICER, "written", _invoice(kind="self_billed"), finds="As we wrote it"),
        Example(OFFICER, "in query", _invoice(state="queried"), finds="Refuse it"),
        Example(OFFICER, "error", _invoice(state="queried"), post={"do": "refuse", "reason": ""}, finds="Enter the reason"),
        Example(AUDITOR, "credit note", _invoice(kind="self_billed_credit"), finds="Credits"),
    ],
    "provider-money": [Example(PROVIDER, "full", _own("provider-money"), finds="For your accountant")],
    "provider-invoice-send": [
        Example(PROVIDER, "written for them", _own("provider-invoice-send"), finds="nothing to send"),
    ],
    "provider-credit-send": [
        Example(PROVIDER, "full", _to_credit, finds="is left to credit"),
        Example(PROVIDER, "error", _to_credit, post={"number": ""}, finds="Enter the number that you gave it"),
    ],
    "provider-invoice": [Example(PROVIDER, "full", _own_invoice, finds="your output tax")],
    "provider-self-billing": [Example(PROVIDER, "signed", _own_agreement, finds="What we agree")],
}  # fmt: skip
NOT_PAGES = {
    "finance-provider-invoice-pdf": "A PDF.",
    "finance-provider-invoice-ubl": "An e-invoice.",
    "provider-invoice-pdf": "A PDF.",
    "provider-remittance": "A PDF.",
    "provider-claim-pdf": "A PDF.",
    "provider-invoice-ubl": "An e-invoice.",
}
