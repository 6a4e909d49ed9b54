"""E-mails to providers about their invoices: each one that we wrote, agreements to sign and to renew, what we ask."""

from collections.abc import Sequence
from typing import Any

from frontend.jinja import url
from frontend.notices.documents import PDF as DOCUMENT_PDF
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics_of_payments import PAYMENTS
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import claims_of
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import Reference
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from providers.models import Provider


@handles("self_billed.issued", "self_billed_credit.issued", name="notices.self_billed")
def written(event: Event) -> None:
    """Every invoice and credit note that we write for a provider is sent to it (VAT Notice 700/62, s3)."""
    found = ProviderInvoice.objects.select_related("provider").get(document__number=event.subject)
    _tell(event, found.provider, f"self-billed:{event.subject}", "written", _of(found))


@handles(
    "provider_invoice.queried", "provider_invoice.refused", "provider_invoice.agreed", name="notices.provider_invoice"
)
def decided(event: Event) -> None:
    """What we ask or decide about an invoice of the provider's own. The reason stands on the page alone."""
    found = ProviderInvoice.objects.select_related("provider").get(pk=int(event.subject))
    what = event.kind.removeprefix("provider_invoice.")
    _tell(event, found.provider, f"provider-invoice:{event.pk}", what, _of(found))


@handles("provider_invoice.claimed_back", name="notices.claimed_back")
def claimed_back(event: Event) -> None:
    """That nothing is to be paid from which its credit note could be taken: pay it back, with the request as a PDF."""
    found = ProviderInvoice.objects.select_related("provider").get(pk=int(event.subject))
    last = claims_of(found)[-1]
    context = {
        "number": last.document.number, "gross": last.pence, "due_on": last.document.due_on, "credit_note": found.number,
        "credit": False,
    }  # fmt: skip
    attached: list[Reference] = [{"kind": DOCUMENT_PDF, "of": last.document.number or ""}]
    _tell(event, found.provider, f"claim-back:{last.pk}", "claimed_back", context, attached)


@handles("claim_back.withdrawn", name="notices.claim_withdrawn")
def claim_withdrawn(event: Event) -> None:
    """That it need not be paid: its credit note is taken from the next payment. The reason stands on the page alone."""
    found = ClaimBack.objects.select_related("credit__provider", "document").get(document__number=event.subject)
    context = {"number": event.subject, "gross": event.payload["pence"], "credit_note": found.credit.number}
    _tell(event, found.credit.provider, f"claim-withdrawn:{found.pk}", "claim_withdrawn", context)


@handles("self_billing.offered", "self_billing.ending", name="notices.self_billing")
def agreement(event: Event) -> None:
    """An agreement that waits for a signature, or that ends soon."""
    found = SelfBillingAgreement.objects.select_related("provider").filter(number=event.subject).first()
    if found is None:  # withdrawn before the mail left
        return
    what = event.kind.removeprefix("self_billing.")
    if what == "offered" and found.signed_on is not None:
        return
    context = {"number": found.number, "valid_from": found.valid_from, "valid_to": found.valid_to}
    _tell(event, found.provider, f"self-billing:{event.pk}", what, context)


def _of(found: ProviderInvoice) -> dict[str, Any]:
    return {"number": found.number, "gross": found.gross_pence, "due_on": found.due_on, "credit": found.is_credit}


def _tell(
    event: Event,
    provider: Organisation,
    key: str,
    what: str,
    context: dict[str, Any],
    attached: Sequence[Reference] = (),
) -> None:
    """Everybody who acts for the provider; its shared address for invoices where nobody does."""
    readers = to_roles(provider.pk, {Role.PROVIDER}, london_day(event.at)) or to_address(provider, Purpose.INVOICES)
    code = Provider.objects.filter(organisation=provider).values_list("code", flat=True).first()
    link = absolute(url("provider-money", provider=code)) if code else ""
    for to in readers:
        send(
            key=key, topic=PAYMENTS, to=to, template="mail/self_billing.jinja",
            context={"what": what, "link": link, "provider": provider.name, **context}, event=event,
            attachments=attached,
        )  # fmt: skip
