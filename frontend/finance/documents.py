"""Invoices and credit notes: one list with filters, and the page of each with everything behind its figures."""

from typing import Any

from django import forms
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.history import history_of
from frontend.finance.instalments import shown_plan
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.finance.papers import document_pdf, document_ubl
from frontend.finance.states import left_of, state_of
from frontend.jinja import url
from invoicing.credit_control.queries import queries_for
from invoicing.documents.models import Document, DocumentLine
from invoicing.documents.pdf.document_view import section_name
from invoicing.funds.asked import requests_of
from invoicing.queries import document_for, documents_for
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.receivables.standing import Standing, standing_in, with_figures
from invoicing.recognition.queries import schedules_of
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money

_SORTS = {
    "number": ["number", "pk"],
    "customer": ["customer__name", "pk"],
    "issued": ["issued_on", "pk"],
    "due": ["due_on", "pk"],
    "gross": ["gross_pence", "pk"],
}


class DocumentFilter(forms.Form):
    """Which documents to show. ``q`` is the search box of every finance page."""

    q = forms.CharField(required=False, label="Number, school or amount", max_length=100)
    kind = forms.ChoiceField(
        required=False,
        label="Kind",
        choices=[
            ("", "All"),
            ("invoice", "Invoices"),
            ("credit_note", "Credit notes"),
            ("opening", "Earlier invoices"),
            ("claim_back", "Repayment requests"),
        ],
    )
    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[
            ("", "All"),
            ("open", "Not fully paid"),
            ("overdue", "Overdue"),
            ("part", "Part paid"),
            ("paid", "Nothing left to pay"),
            ("written_off", "Written off"),
        ],
    )
    issued_from = ShortDateField(required=False, label="Issued from")
    issued_to = ShortDateField(required=False, label="Issued to")


def _matching(text: str) -> Q:
    """A document by what a person remembers of it: its number (zeros left out or not), the customer, or its amount."""
    found = Q(number__iexact=text) | Q(customer__name__icontains=text) | Q(customer__number__iexact=text)
    digits = text.upper().removeprefix("INV").removeprefix("CN").lstrip("- ")
    if digits.isascii() and digits.isdigit() and len(digits) <= 12:
        found |= Q(number__endswith=f"-{digits:0>6}")
    try:
        pence = abs(Money.parse(text).pence)
    except WrongInput:
        return found
    return found | Q(gross_pence=pence) | Q(Exists(_items().filter(outstanding_pence=pence)))


def _items() -> QuerySet[ReceivableItem]:
    return ReceivableItem.objects.filter(document=OuterRef("pk"))


def _in_state(documents: QuerySet[Document], state: str) -> QuerySet[Document]:
    """Invoices by what is left to pay, and credit notes by what is left to use."""
    owing = _items().filter(outstanding_pence__gt=0)
    unused = UnallocatedItem.objects.filter(document=OuterRef("pk"), remaining_pence__gt=0)
    if state == "open":
        return documents.filter(Exists(owing) | Exists(unused))
    if state == "overdue":
        return documents.filter(Exists(owing.filter(due_on__lt=timezone.localdate())))
    if state == "part":
        settled = Allocation.objects.filter(item__document=OuterRef("pk"), undone_on__isnull=True)
        return documents.filter(Exists(owing), Exists(settled))
    if state == "written_off":
        return standing_in(with_figures(documents), Standing.WRITTEN_OFF, timezone.localdate())
    return documents.filter(~Exists(owing), ~Exists(unused)) if state == "paid" else documents


def _filtered(documents: QuerySet[Document], form: DocumentFilter) -> QuerySet[Document]:
    if not form.is_valid():
        return documents
    wanted = form.cleaned_data
    if wanted["q"]:
        documents = documents.filter(_matching(wanted["q"]))
    if wanted["kind"]:
        documents = documents.filter(kind=wanted["kind"])
    if wanted["issued_from"]:
        documents = documents.filter(issued_on__gte=wanted["issued_from"])
    if wanted["issued_to"]:
        documents = documents.filter(issued_on__lte=wanted["issued_to"])
    return _in_state(documents, wanted["state"])


def _totals(documents: QuerySet[Document]) -> dict[str, int]:
    """Over the whole filter: credit notes count with a minus."""
    plain = documents.order_by()
    sums = plain.aggregate(
        invoiced=Sum("gross_pence", filter=~Q(kind=Document.Kind.CREDIT_NOTE), default=0),
        credited=Sum("gross_pence", filter=Q(kind=Document.Kind.CREDIT_NOTE), default=0),
        unused=Sum("on_account__remaining_pence", default=0),
    )
    owing = ReceivableItem.objects.filter(document__in=plain.values("pk"), outstanding_pence__gt=0)
    owed = owing.aggregate(sum=Sum("outstanding_pence", default=0))["sum"]
    return {"gross": sums["invoiced"] - sums["credited"], "left": owed - sums["unused"]}


@finance_page(section="finance-invoicing")
def documents(request: FinanceRequest) -> HttpResponse:
    """Invoices and credit notes with the totals of the whole filter; a number typed in full opens its document."""
    form = DocumentFilter(request.GET)
    if form.is_valid() and set(request.GET) == {"q"} and (number := _exact(request.actor, form.cleaned_data["q"])):
        return redirect(url("finance-invoice", number=number))
    filtered = _filtered(documents_for(request.actor), form)
    found = with_figures(filtered).select_related("on_account")
    found = found.order_by(*sort_by(request, _SORTS, default="-issued"))
    if wants_csv(request):
        return csv_response("invoices", _CSV, (_csv_row(document) for document in found))
    page = page_of(request, found)
    today = timezone.localdate()
    return show(
        request,
        "documents.html",
        {
            "form": form,
            "searched": request.GET.get("q", ""),
            "chosen": chosen(request, form),
            "page_obj": page,
            "rows": [(document, state_of(document, today), left_of(document)) for document in page],
            "totals": _totals(filtered),
            "csv_url": csv_url(request),
        },
    )


def _exact(actor: Actor, text: str) -> str | None:
    return documents_for(actor).filter(number__iexact=text.strip()).values_list("number", flat=True).first()


_CSV = ["number", "kind", "customer_number", "customer", "issued", "due", "net", "vat", "gross", "outstanding", "state"]


def _csv_row(document: Document) -> list[object]:
    sign = -1 if document.kind == Document.Kind.CREDIT_NOTE else 1
    return [
        document.number, document.get_kind_display(), document.customer.number, document.buyer.get("name", ""),
        document.issued_on, document.due_on, pounds(sign * document.net_pence), pounds(sign * document.vat_pence),
        pounds(sign * document.gross_pence), pounds(left_of(document)), state_of(document, timezone.localdate()),
    ]  # fmt: skip


@finance_page(section="finance-invoicing")
def document(request: FinanceRequest, number: str) -> HttpResponse:
    """One document: lines with their items, VAT, what settled it, credit notes, its posting and history."""
    found: Any = with_figures(documents_for(request.actor)).select_related("on_account").filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no document {number}.")
    lines = page_of(request, found.lines.select_related("charge").order_by("position"), per_page=100)
    return show(
        request,
        "document.html",
        {
            "document": found,
            "state": state_of(found, timezone.localdate()),
            "left_pence": left_of(found),
            "owed_pence": found.outstanding,
            "page_obj": lines,
            "sections": _sections(found, list(lines)),
            "plan": shown_plan(found, timezone.localdate()),
            "schedules": schedules_of(request.actor, [line.pk for line in lines]),
            "vat_groups": found.vat_groups.order_by("category", "rate"),
            "allocations": _allocations(found),
            "payment_requests": requests_of(request.actor, found),
            "credit_notes": found.credit_notes.order_by("pk"),
            "history": history_of(subject_kind="document", subject=number),
            "queries": queries_for(request.actor).filter(document=found).exclude(state="resolved").order_by("pk"),
            "back_url": url("finance-invoices"),
        },
    )


def _sections(found: Document, lines: list[DocumentLine]) -> dict[str, Any]:
    """The page's lines by the school that receives them, and the sums of every school of the document.

    ``parts`` are (name, lines, sums): the sums stand where a section's last line does. One school is one part without.
    """
    each = found.lines.order_by().values("consumer_id", "consumer_name", "consumer__number")
    each = each.annotate(net=Sum("net_pence"), vat=Sum("vat_pence"), first=Min("position"), last=Max("position"))
    sums: list[dict[str, Any]] = [dict(one) for one in each.order_by("first")]
    if len(sums) < 2:
        return {"parts": [("", lines, None)], "sums": []}
    names = [own["consumer_name"] for own in sums]
    parts = []
    for own in sums:
        key = (own["consumer_id"], own["consumer_name"])
        own["name"] = section_name(own["consumer_name"], own["consumer__number"], names)
        shown = [line for line in lines if (line.consumer_id, line.consumer_name) == key]
        if shown:
            parts.append((own["name"], shown, own if shown[-1].position == own["last"] else None))
    return {"parts": parts, "sums": sums}


def _allocations(found: Document) -> QuerySet[Allocation, Any]:
    """What settled an invoice, or what a credit note was set against; undone ones too."""
    which = Q(source__document=found) if found.kind == Document.Kind.CREDIT_NOTE else Q(item__document=found)
    rows = Allocation.objects.filter(which).order_by("pk")
    return rows.select_related("source__document", "source__organisation", "item__document", "item__organisation")


@finance_page(section="finance-invoicing")
def pdf(request: FinanceRequest, number: str) -> HttpResponse:
    """The document's PDF, as it was first made."""
    found = document_for(request.actor, number)
    response = HttpResponse(document_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


@finance_page(section="finance-invoicing")
def ubl(request: FinanceRequest, number: str) -> HttpResponse:
    """The document's e-invoice, to keep."""
    found = document_for(request.actor, number)
    return ubl_response(document_ubl(found), f"{found.number}.xml")


def ubl_response(content: bytes, name: str) -> HttpResponse:
    """An e-invoice that the browser keeps: it is read by programs, not by people."""
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
