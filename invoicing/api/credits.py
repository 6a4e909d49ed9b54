"""Crediting an invoice, by line."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence
from invoicing.api.document_shapes import CreditNoteSerializer, credit_note_body
from invoicing.api.documents import invoice_for
from invoicing.services import credit_invoice
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period


class CreditLine(serializers.Serializer[Any]):
    """How much of a line, before VAT."""

    position = serializers.IntegerField(min_value=1, max_value=100_000, help_text="The line's, on the invoice.")
    pence = pence(help_text="Before VAT; at most what is left of the line.")


class NewCreditNote(serializers.Serializer[Any]):
    """What to credit. The customer reads the reason."""

    lines: Any = serializers.ListSerializer(child=CreditLine(), allow_empty=False, max_length=1000)
    reason = serializers.CharField(max_length=240)
    service_from = serializers.DateField(
        required=False, help_text="First day of the services credited; none for a lower price."
    )
    service_to = serializers.DateField(required=False, help_text="The day after the last.")


def _service(given: dict[str, Any]) -> Period | None:
    """The days of the services credited, both or none."""
    first, end = given.get("service_from"), given.get("service_to")
    if first is None and end is None:
        return None
    if first is None or end is None or end <= first:
        raise WrongInput("Give service_from and a later service_to, or neither. Nothing was credited.")
    return Period(first, end)


class InvoiceCreditNotesView(ApiView):
    """The credit notes of an invoice."""

    area = "invoices"

    @extend_schema(
        operation_id="invoice_credit", request=NewCreditNote, responses={201: CreditNoteSerializer}, tags=["invoices"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Issues a credit note dated today and sets it against the invoice; the rest stays on the customer's account.

        An invoice dated ahead is credited on its own day. More than is left of a line credits nothing. Finance only.
        """
        given = self.read(NewCreditNote)
        invoice = invoice_for(self.actor, number)
        ids = dict(invoice.lines.values_list("position", "pk"))
        amounts: dict[int, int] = {}
        for line in given["lines"]:
            pk = ids.get(line["position"])
            if pk is None:
                raise WrongInput(f"{invoice.number} has no line {line['position']}. Nothing was credited.")
            if pk in amounts:
                raise WrongInput(f"Line {line['position']} stands twice. Give each line once. Nothing was credited.")
            amounts[pk] = line["pence"]
        on = max(timezone.localdate(), invoice.issued_on)
        note = credit_invoice(
            invoice=invoice, amounts=amounts, reason=given["reason"], on=on, service=_service(given), actor=self.actor
        )
        return Response(credit_note_body(note), status=201)
