"""Invoices and credit notes: lists, one with everything on it, and its files."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.document_shapes import (
    CreditNoteRow,
    CreditNoteSerializer,
    InvoiceRow,
    InvoiceSerializer,
    credit_note_body,
    invoice_body,
)
from invoicing.banking.paid_into import paid_into
from invoicing.documents.files import pdf_of, ubl_of
from invoicing.documents.models import Document
from invoicing.queries import credit_notes_for, invoices_for
from invoicing.receivables.models import ReceivableItem
from invoicing.receivables.standing import FIGURES, Standing, standing, standing_in, with_figures
from marketplace.core.actors import Actor
from marketplace.core.api.binary import FileView, file_answer
from marketplace.core.api.errors import ErrorSerializer
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound


class InvoiceFilters(FilterSet):
    """By customer, day of issue and what is left to pay."""

    customer = CharFilter(field_name="customer__number", max_length=12, help_text="Customer number.")
    issued_from = DateFilter(field_name="issued_on", lookup_expr="gte")
    issued_before = DateFilter(field_name="issued_on", lookup_expr="lt")
    state = ChoiceFilter(
        choices=[
            ("open", "Something left to pay"),
            ("overdue", "Something overdue"),
            ("settled", "Nothing left"),
            ("paid", "Nothing left, and neither credited in full nor written off"),
            ("credited", "Credited in full"),
            ("written_off", "Written off in whole or in part"),
        ],
        method="in_state",
    )

    class Meta:
        model = Document
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        owing = ReceivableItem.objects.filter(document=OuterRef("pk"), outstanding_pence__gt=0)
        if value == "overdue":
            return queryset.filter(Exists(owing.filter(due_on__lt=timezone.localdate())))
        if value in list(Standing) and value != "open":
            return standing_in(with_figures(queryset), Standing(value), timezone.localdate())
        return queryset.filter(Exists(owing) if value == "open" else ~Exists(owing))


class CreditNoteFilters(FilterSet):
    """By customer, day of issue and the invoice credited."""

    customer = CharFilter(field_name="customer__number", max_length=12, help_text="Customer number.")
    issued_from = DateFilter(field_name="issued_on", lookup_expr="gte")
    issued_before = DateFilter(field_name="issued_on", lookup_expr="lt")
    invoice = CharFilter(field_name="credits__number", max_length=24, help_text="Number of the invoice credited.")

    class Meta:
        model = Document
        fields: list[str] = []


_SAME = ("number", "issued_on", "purchase_order", "net_pence", "vat_pence", "gross_pence")
_COLUMNS: dict[str, Any] = {name: name for name in _SAME} | {"customer": "customer__number"}


class InvoicesView(ListView):
    """Issued invoices."""

    area = "invoices"
    serializer_class = InvoiceRow
    filterset_class = InvoiceFilters
    columns = _COLUMNS | {"due_on": "due_on", **FIGURES}

    def rows(self) -> QuerySet[Document]:
        return invoices_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is left and how it stands, in place of the figures that say so."""
        on = timezone.localdate()
        for row in rows:
            figures = {name: row.pop(name) for name in FIGURES}
            state = standing(gross=row["gross_pence"], on=on, **figures)
            row |= {"outstanding_pence": figures["outstanding"], "state": state.value}
        return rows

    @extend_schema(operation_id="invoices", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Invoices to your organisations, or all for finance and the auditor; newest first."""
        return self.page()


class CreditNotesView(ListView):
    """Issued credit notes."""

    area = "invoices"
    serializer_class = CreditNoteRow
    filterset_class = CreditNoteFilters
    columns = _COLUMNS | {
        "invoice": "credits__number",
        "reason": "reason",
        "remaining_pence": Coalesce(F("on_account__remaining_pence"), 0),
    }

    def rows(self) -> QuerySet[Document]:
        return credit_notes_for(self.actor)

    @extend_schema(operation_id="credit_notes", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Credit notes to your organisations, or all for finance and the auditor; newest first."""
        return self.page()


def invoice_for(actor: Actor, number: str) -> Document:
    """One invoice that the actor may see, or NotFound."""
    return _one(with_figures(invoices_for(actor)), number, "invoice")


def credit_note_for(actor: Actor, number: str) -> Document:
    """One credit note that the actor may see, or NotFound."""
    return _one(credit_notes_for(actor), number, "credit note")


def _one(documents: QuerySet[Document], number: str, what: str) -> Document:
    found = documents.select_related("credits").filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no {what} {number}.")
    return found


class InvoiceView(ApiView):
    """One invoice."""

    area = "invoices"

    @extend_schema(operation_id="invoice", responses=InvoiceSerializer, tags=["invoices"])
    def get(self, request: Request, number: str) -> Response:
        """One invoice as it was issued, with what is left of it to pay and to credit."""
        return Response(invoice_body(invoice_for(self.actor, number), timezone.localdate()))


class CreditNoteView(ApiView):
    """One credit note."""

    area = "invoices"

    @extend_schema(operation_id="credit_note", responses=CreditNoteSerializer, tags=["invoices"])
    def get(self, request: Request, number: str) -> Response:
        """One credit note as it was issued, with what is left of it on account."""
        return Response(credit_note_body(credit_note_for(self.actor, number)))


class InvoiceFileView(FileView):
    """A document's file."""

    area = "invoices"


def pdf_answer(document: Document) -> HttpResponse:
    """The kept PDF, as an answer."""
    bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
    content = pdf_of(document, demonstration=settings.DEMONSTRATION, pay_to=bank)
    return file_answer(content, kind="application/pdf", name=f"{document.number}.pdf")


def ubl_answer(document: Document) -> HttpResponse:
    """The kept e-invoice, as an answer."""
    bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
    content = ubl_of(document, demonstration=settings.DEMONSTRATION, pay_to=bank)
    return file_answer(content, kind="application/xml", name=f"{document.number}.xml")


_PDF: Any = {(200, "application/pdf"): OpenApiTypes.BINARY}
_UBL: Any = {
    (200, "application/xml"): OpenApiTypes.BINARY,
    409: OpenApiResponse(ErrorSerializer, "No e-invoice can be made of it; the message says why"),
}


class InvoicePdfView(InvoiceFileView):
    """The paper of an invoice."""

    @extend_schema(operation_id="invoice_pdf", responses=_PDF, tags=["invoices"])
    def get(self, request: Request, number: str) -> HttpResponse:
        """The invoice's PDF, as it was first made, with its e-invoice inside."""
        return pdf_answer(invoice_for(self.actor, number))


class CreditNotePdfView(InvoiceFileView):
    """The paper of a credit note."""

    @extend_schema(operation_id="credit_note_pdf", responses=_PDF, tags=["invoices"])
    def get(self, request: Request, number: str) -> HttpResponse:
        """The credit note's PDF, as it was first made, with its e-invoice inside."""
        return pdf_answer(credit_note_for(self.actor, number))


class InvoiceUblView(InvoiceFileView):
    """The e-invoice of an invoice."""

    @extend_schema(operation_id="invoice_ubl", responses=_UBL, tags=["invoices"])
    def get(self, request: Request, number: str) -> HttpResponse:
        """The invoice as UBL 2.1 after EN 16931."""
        return ubl_answer(invoice_for(self.actor, number))


class CreditNoteUblView(InvoiceFileView):
    """The e-invoice of a credit note."""

    @extend_schema(operation_id="credit_note_ubl", responses=_UBL, tags=["invoices"])
    def get(self, request: Request, number: str) -> HttpResponse:
        """The credit note as UBL 2.1 after EN 16931."""
        return ubl_answer(credit_note_for(self.actor, number))
