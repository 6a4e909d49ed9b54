"""The invoice batch: looked at first, then issued exactly so, as a job."""

import hashlib
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, query_of, require_finance
from invoicing.queries import require_finance_reader
from invoicing.receivables.billing_job import mark_of, start_billing
from invoicing.receivables.grouping import HeldItem, Proposal
from invoicing.services import propose
from marketplace.core.api.jobs import JobSerializer, job_body
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation

AHEAD, BACK = timedelta(days=31), timedelta(days=366)


class BatchChanged(DomainError):
    """What would be issued is not what the caller saw."""

    code = "batch_changed"


class NothingToInvoice(DomainError):
    """A batch without an invoice."""

    code = "nothing_to_invoice"


class DraftSerializer(serializers.Serializer[Any]):
    """An invoice that would be issued."""

    customer = serializers.CharField()
    customer_name = serializers.CharField()
    purchase_order = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    items = serializers.ListField(child=serializers.IntegerField(), help_text="The items that become its lines.")
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()


class HeldSerializer(serializers.Serializer[Any]):
    """An item that is due but waits, and why."""

    id = serializers.IntegerField()
    customer_name = serializers.CharField()
    description = serializers.CharField()
    net_pence = serializers.IntegerField()
    reason = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What a batch of that day would issue. ``fingerprint`` stands for all of it when the batch is started."""

    on = serializers.DateField()
    fingerprint = serializers.CharField()
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    invoices = DraftSerializer(many=True)
    held = HeldSerializer(many=True)
    later = HeldSerializer(many=True, help_text="Due, but on a monthly invoice: it waits for the end of its month.")


class NewBatch(serializers.Serializer[Any]):
    """``expected`` is the fingerprint of the preview: anything else issues nothing."""

    on = serializers.DateField()
    expected = serializers.RegexField(r"^[0-9a-f]{64}\Z", max_length=64)


def fingerprint_of(proposal: Proposal) -> str:
    """SHA-256 over the day and what is shown of every invoice, in their order."""
    marks = [proposal.on.isoformat(), *(mark_of(draft) for draft in proposal.invoices)]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def _proposal(given: dict[str, Any]) -> Proposal:
    """The batch of a day; at most a month ahead and a year back, as on the page."""
    today = timezone.localdate()
    on = given.get("on", today)
    if not today - BACK <= on <= today + AHEAD:
        raise WrongInput("Invoice date must be within the last year or the next 31 days")
    return propose(on=on)


def _preview_body(proposal: Proposal) -> dict[str, Any]:
    customers = Organisation.objects.in_bulk({draft.customer_id for draft in proposal.invoices})
    return {
        "on": proposal.on,
        "fingerprint": fingerprint_of(proposal),
        "net_pence": proposal.net_pence,
        "vat_pence": proposal.vat_pence,
        "gross_pence": proposal.gross_pence,
        "invoices": [
            {
                "customer": customers[draft.customer_id].number,
                "customer_name": customers[draft.customer_id].name,
                "purchase_order": draft.purchase_order,
                "due_on": draft.due_on,
                "items": [line.charge_id for line in draft.lines],
                "net_pence": draft.net_pence,
                "vat_pence": draft.vat_pence,
                "gross_pence": draft.gross_pence,
            }
            for draft in proposal.invoices
        ],
        "held": [_waits(item) for item in proposal.held],
        "later": [_waits(item) for item in proposal.later],
    }


def _waits(item: HeldItem) -> dict[str, Any]:
    return {
        "id": item.charge_id,
        "customer_name": item.customer,
        "description": item.description,
        "net_pence": item.pence,
        "reason": item.reason,
    }


class BatchPreviewView(ApiView):
    """What a batch would issue."""

    area = "invoices"

    @extend_schema(
        operation_id="invoice_batch_preview", parameters=[OnQuery], responses=PreviewSerializer, tags=["invoices"]
    )
    def get(self, request: Request) -> Response:
        """What an invoice batch dated that day would issue, and what waits. For finance and the auditor."""
        require_finance_reader(self.actor)
        return Response(_preview_body(_proposal(query_of(request, OnQuery))))


class BatchesView(ApiView):
    """Batches to issue."""

    area = "invoices"

    @extend_schema(operation_id="invoice_batch", request=NewBatch, responses={202: JobSerializer}, tags=["invoices"])
    def post(self, request: Request) -> Response:
        """Starts the job that issues exactly what the preview showed; follow it by its number. One at a time."""
        require_finance_reader(self.actor)
        require_finance(self.actor, to="issue invoices")
        given = self.read(NewBatch)
        proposal = _proposal(given)
        if fingerprint_of(proposal) != given["expected"]:
            raise BatchChanged(
                "What would be issued is not what you saw: an item came, went or changed. Nothing is issued. Look at "
                "the preview again."
            )
        if not proposal.invoices:
            raise NothingToInvoice(f"Nothing is to be invoiced on {proposal.on:%-d %B %Y}.")
        return Response(job_body(start_billing(proposal=proposal, actor=self.actor)), status=202)
