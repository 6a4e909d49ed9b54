"""E-mails about invoices and credit notes, with their PDF: to the shared address, else to those who buy."""

from typing import Any

from frontend.buying import buyer_of
from frontend.finance.papers import document_pdf
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics import INVOICES
from invoicing.documents.models import Document
from invoicing.queries import document_for, documents_for
from marketplace.core.actors import BUYING, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import Attachment, attaches
from marketplace.messaging.services import send
from marketplace.organisations.models import CustomerTerms, Organisation

ACTOR = platform("notices")
PDF = "document-pdf"


@handles("invoice.issued", "credit_note.issued", name="notices.document")
def document_issued(event: Event) -> None:
    """Tells the customer of one document. Three queries where there is a shared address: a batch has thousands."""
    found = documents_for(ACTOR).select_related("customer__school", "customer__trust", "customer__terms", "credits")
    document = found.get(number=event.subject)
    customer = document.customer
    readers = to_address(customer, Purpose.INVOICES) or to_roles(customer.pk, BUYING, london_day(event.at))
    for to in readers:
        send(
            key=f"document:{document.number}",
            topic=INVOICES,
            to=to,
            template="mail/document.jinja",
            context=_context(document),
            event=event,
            attachments=[{"kind": PDF, "of": event.subject}],
        )


def _context(document: Document) -> dict[str, Any]:
    customer = document.customer
    terms = getattr(customer, "terms", None)
    return {
        "document": document,
        "customer": customer.name,
        "is_credit": document.kind == Document.Kind.CREDIT_NOTE,
        "by_journal": terms is not None and terms.settlement == CustomerTerms.Settlement.COUNCIL_JOURNAL,
        "credited": document.credits.number if document.credits else "",
        "link": _link(document, customer),
    }


def _link(document: Document, customer: Organisation) -> str:
    """The customer's own page of it; none for a council, which has no buyer's pages."""
    if customer.kind == Organisation.Kind.AUTHORITY:
        return ""
    return absolute(buyer_of(customer).url("school-invoice", number=document.number))


@attaches(PDF)
def _attachment(number: str) -> Attachment:
    return Attachment(f"{number}.pdf", document_pdf(document_for(ACTOR, number)), "application/pdf")
