"""A buyer's invoices and credit notes: the list, one of them, its PDF."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.documents import ubl_response
from frontend.finance.history import history_of
from frontend.finance.instalments import shown_plan
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.finance.papers import document_pdf, document_ubl
from frontend.finance.payment_requests import letter_response
from frontend.formats import plural
from frontend.school.settlement import documents_of, narrowed, state_of
from frontend.school.vat import vat_label
from invoicing.credit_control.queries import queries_for
from invoicing.documents.models import Document, DocumentLine
from invoicing.documents.pdf.document_view import section_name
from invoicing.funds.asked import asked_of, payment_request_for, requests_of
from invoicing.receivables.models import Allocation
from marketplace.core.actors import INVOICED
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.trading.purchases import own_codes_of

PER_PAGE = 25
SHOW = [
    ("", "All"),
    ("open", "Still to pay"),
    ("overdue", "Overdue"),
    ("paid", "Paid"),
    ("credited", "Credited in full"),
    ("written_off", "Written off"),
    ("credit_notes", "Credit notes"),
]
SORTS = {
    "number": ["number"],
    "issued": ["issued_on", "pk"],
    "due": ["due_on", "pk"],
    "total": ["gross_pence", "pk"],
    "left": ["outstanding", "pk"],
}
CSV_HEADER = ["number", "kind", "issued", "due", "purchase_order", "net", "vat", "total", "left_to_pay", "state"]


class InvoiceFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)
    q = forms.CharField(label="Number or purchase order", required=False, max_length=40)


@login_required
@require_safe
def invoices(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The list with its filters and the total of the whole filter; also as CSV."""
    buyer, on = buyer_for(request, kind, code, INVOICED), timezone.localdate()
    form = InvoiceFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    everything = documents_of(buyer, request.actor)
    found = narrowed(everything, given.get("show", ""), on)
    if text := given.get("q"):
        found = found.filter(number__icontains=text) | found.filter(purchase_order__icontains=text)
    found = found.order_by(*sort_by(request, SORTS, default="-issued"))
    if wants_csv(request):
        return csv_response(f"invoices-{buyer.organisation.number}", CSV_HEADER, _csv_rows(found, on))
    page = page_of(request, found, per_page=PER_PAGE)
    total = found.aggregate(count=Sum("outstanding")) if page.paginator.count else {"count": 0}
    context = {
        "buyer": buyer,
        "asked": asked_of(request.actor, buyer.organisation),
        "filter_form": form,
        "page_obj": page,
        "rows": [(document, state_of(document, on)) for document in page],
        "left_pence": total["count"] or 0,
        "count_text": plural(page.paginator.count, "document"),
        "empty": _empty(everything, given, page.paginator.count),
        "chosen": chosen(request, form),
        "csv_url": csv_url(request),
    }
    return render(request, "school/invoices.html", context)


def _empty(everything: QuerySet[Document], given: dict[str, Any], count: int) -> str:
    """None yet, none match and none left are told apart."""
    if count:
        return ""
    all_of_them = everything.count()
    if not all_of_them:
        return "No invoices yet. What you order appears here once it is invoiced."
    if given.get("show") == "overdue" and not given.get("q"):
        return f"None of {plural(all_of_them, 'document')} is overdue."
    if given.get("show") == "open" and not given.get("q"):
        return f"None of {plural(all_of_them, 'document')} is left to pay."
    return f"None of {plural(all_of_them, 'document')} matches what you chose."


def _csv_rows(found: Iterable[Any], on: date) -> Iterable[list[object]]:
    for document in found:
        sign = -1 if document.kind == Document.Kind.CREDIT_NOTE else 1
        yield [
            document.number,
            document.get_kind_display(),
            document.issued_on,
            document.due_on,
            document.purchase_order,
            *(pounds(sign * p) for p in (document.net_pence, document.vat_pence, document.gross_pence)),
            pounds(document.outstanding),
            state_of(document, on),
        ]


def own_document(buyer: Buyer, request: SignedInRequest, number: str) -> Any:
    """One document of the buyer's by its number, or NotFound."""
    found = documents_of(buyer, request.actor).select_related("credits").filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def invoice(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One invoice or credit note: its lines by school, its VAT, what settled it, what happened to it."""
    buyer, on = buyer_for(request, kind, code, INVOICED), timezone.localdate()
    document = own_document(buyer, request, number)
    lines = list(
        document.lines.order_by("consumer_name", "consumer_id", "position").select_related("charge", "consumer")
    )
    settled = Allocation.objects.filter(item__document=document, undone_on__isnull=True)
    context = {
        "buyer": buyer,
        "document": document,
        "is_credit": document.kind == Document.Kind.CREDIT_NOTE,
        "state": state_of(document, on),
        "sections": _sections(lines),
        "own_codes": own_codes_of(request.actor, [document.pk]),
        "plan": shown_plan(document, on),
        "groups": [(vat_label(g.category, g.rate), g) for g in document.vat_groups.order_by("category", "-rate")],
        "payment_requests": requests_of(request.actor, document),
        "settled": list(settled.select_related("source__document").order_by("allocated_on", "pk")),
        "credit_notes": list(document.credit_notes.filter(state=Document.State.ISSUED).order_by("pk")),
        "history": history_of(subject_kind="document", subject=document.number),
        "queries": queries_for(request.actor).filter(document=document).exclude(state="resolved").order_by("pk"),
        "back_url": buyer.url("school-invoices"),
    }
    return render(request, "school/invoice.html", context)


def _sections(lines: list[DocumentLine]) -> list[dict[str, Any]]:
    """The lines by the school that receives them, each with its sum."""
    schools = dict.fromkeys((line.consumer.number, line.consumer_name) for line in lines)
    names = [name for _, name in schools]
    found = []
    for number, name in schools:
        own = [line for line in lines if (line.consumer.number, line.consumer_name) == (number, name)]
        said = [(line, vat_label(line.vat_category, line.vat_rate), str(Money(line.unit_price_pence))) for line in own]
        found.append(
            {
                "name": section_name(name, number, names),
                "lines": said,
                "net": sum(line.net_pence for line in own),
                "vat": sum(line.vat_pence for line in own),
                "ordered": any(line.purchase_order for line in own),
            }
        )
    return found


@login_required
@require_safe
def invoice_pdf(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The PDF of an invoice or credit note."""
    document = own_document(buyer_for(request, kind, code, INVOICED), request, number)
    return pdf_response(document_pdf(document), f"{document.number}.pdf")


@login_required
@require_safe
def invoice_ubl(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The e-invoice of an invoice or credit note."""
    document = own_document(buyer_for(request, kind, code, INVOICED), request, number)
    return ubl_response(document_ubl(document), f"{document.number}.xml")


@login_required
@require_safe
def payment_request(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The letter that asks this organisation to pay a part of somebody else's invoice."""
    buyer = buyer_for(request, kind, code, INVOICED)
    asked = payment_request_for(request.actor, number)
    if asked.funder_id != buyer.organisation.pk:
        raise NotFound("Page not found")
    return letter_response(asked)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser opens, kept under a name that says what it is."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
