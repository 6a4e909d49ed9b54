"""Write-offs, refunds and money carried over, and what a second person approves."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence, require_finance
from invoicing.documents.models import Document
from invoicing.queries import customer_for, document_for, payment_for
from invoicing.second_person.limits import alone
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.queries import prepared_for, prepared_one
from invoicing.services import (
    approve,
    carry,
    prepare_carry,
    prepare_refund,
    prepare_write_off,
    refund,
    send_back,
    withdraw,
    write_off,
)
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput


class PreparedFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=PreparedAction.State.choices)

    class Meta:
        model = PreparedAction
        fields: list[str] = []


class PreparedSerializer(serializers.Serializer[Any]):
    """Something with money that one person prepared and another approves."""

    id = serializers.IntegerField()
    action = serializers.ChoiceField(choices=Action.choices)
    state = serializers.ChoiceField(choices=PreparedAction.State.choices)
    customer = serializers.CharField(help_text="Customer number.")
    subject = serializers.CharField(help_text="The number of the invoice, or the money on account in words.")
    pence = serializers.IntegerField(help_text="With VAT.")
    reason = serializers.CharField()
    prepared_by = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True, help_text="What came of it, such as a credit note's number.")


class SumRequest(serializers.Serializer[Any]):
    """A sum with VAT, and why."""

    pence = pence()
    reason = serializers.CharField(max_length=240)


class CarryRequest(SumRequest):
    """To whom it is carried."""

    to = serializers.SlugField(max_length=12, help_text="Customer number.")


class Done(serializers.Serializer[Any]):
    """Either it is done, or it waits for a second person under the number ``prepared``."""

    done = serializers.BooleanField()
    prepared = serializers.IntegerField(allow_null=True)


class PreparedDecision(serializers.Serializer[Any]):
    """Sent back with a reason that whoever prepared it reads."""

    answer = serializers.ChoiceField(choices=["approve", "send_back", "withdraw"])
    reason = serializers.CharField(max_length=240, required=False, default="", allow_blank=True)


def done_or_prepared(prepared: PreparedAction | None) -> Response:
    """Done, where nothing was put before a second person."""
    return Response({"done": prepared is None, "prepared": prepared.pk if prepared else None}, status=201)


class InvoiceWriteOffsView(ApiView):
    """Giving up what nobody will pay of an invoice, one of the earlier books, or a repayment request."""

    area = "invoices"

    @extend_schema(operation_id="invoice_write_off", request=SumRequest, responses={201: Done}, tags=["invoices"])
    def post(self, request: Request, number: str) -> Response:
        """Writes off, dated today; above what one person may write off it waits for a second. Finance only."""
        given = self.read(SumRequest)
        invoice = document_for(self.actor, number)
        if invoice.kind == Document.Kind.CREDIT_NOTE:
            raise NotFound(f"There is no invoice {number}.")
        require_finance(self.actor, to="write off debts")
        if not alone(action=Action.WRITE_OFF, pence=given["pence"], on=timezone.localdate()):
            return done_or_prepared(prepare_write_off(invoice=invoice, actor=self.actor, **given))
        write_off(invoice=invoice, on=timezone.localdate(), actor=self.actor, **given)
        return done_or_prepared(None)


class PaymentRefundsView(ApiView):
    """Paying money on account back."""

    area = "payments"

    @extend_schema(operation_id="payment_refund", request=SumRequest, responses={201: Done}, tags=["payments"])
    def post(self, request: Request, pk: int) -> Response:
        """Refunds, dated today; above what one person may refund it waits for a second. Finance only."""
        given = self.read(SumRequest)
        source = payment_for(self.actor, pk)
        require_finance(self.actor, to="refund customers")
        if not alone(action=Action.REFUND, pence=given["pence"], on=timezone.localdate()):
            return done_or_prepared(prepare_refund(source=source, actor=self.actor, **given))
        refund(source=source, on=timezone.localdate(), actor=self.actor, **given)
        return done_or_prepared(None)


class PaymentCarriesView(ApiView):
    """Carrying money on account to another customer."""

    area = "payments"

    @extend_schema(operation_id="payment_carry", request=CarryRequest, responses={201: Done}, tags=["payments"])
    def post(self, request: Request, pk: int) -> Response:
        """Carries, dated today; above what one person may carry it waits for a second. Finance only."""
        given = self.read(CarryRequest)
        source = payment_for(self.actor, pk)
        require_finance(self.actor, to="carry money to another customer")
        given["to"] = customer_for(self.actor, given["to"])
        if not alone(action=Action.CARRY, pence=given["pence"], on=timezone.localdate()):
            return done_or_prepared(prepare_carry(source=source, actor=self.actor, **given))
        carry(source=source, on=timezone.localdate(), actor=self.actor, **given)
        return done_or_prepared(None)


class PreparedView(ListView):
    """What waits for a second person, or was decided."""

    area = "invoices"
    serializer_class = PreparedSerializer
    filterset_class = PreparedFilters
    columns = {
        "id": "id", "action": "action", "state": "state", "customer": "organisation__number", "subject": "subject",
        "pence": "pence", "reason": "reason", "prepared_by": "prepared_by__name", "prepared_at": "prepared_at",
        "decided_by": "decided_by__name", "decided_at": "decided_at", "answer": "answer", "outcome": "outcome",
    }  # fmt: skip

    def rows(self) -> QuerySet[PreparedAction]:
        return prepared_for(self.actor)

    @extend_schema(operation_id="prepared_actions", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Credit notes, write-offs, refunds and carries above the limit of one person. Finance and the auditor."""
        return self.page()


class PreparedDecisionView(ApiView):
    """The decision of a second person."""

    area = "invoices"

    @extend_schema(
        operation_id="prepared_decide", request=PreparedDecision, responses={200: PreparedSerializer}, tags=["invoices"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """A finance manager other than who prepared it approves it, and it is done today, or sends it back.

        Who prepared it may withdraw it. Where the books have changed meanwhile nothing is decided.
        """
        given = self.read(PreparedDecision)
        found = prepared_one(self.actor, pk)
        now = timezone.now()
        if given["answer"] == "approve":
            found = approve(prepared=found, on=timezone.localdate(), at=now, actor=self.actor)
        elif given["answer"] == "withdraw":
            found = withdraw(prepared=found, at=now, actor=self.actor)
        elif not given["reason"]:
            raise WrongInput("Enter the reason, so that whoever prepared it knows why it is sent back")
        else:
            found = send_back(prepared=found, answer=given["reason"], at=now, actor=self.actor)
        return Response(_body(found))


def _body(found: PreparedAction) -> dict[str, Any]:
    return {
        "id": found.pk, "action": found.action, "state": found.state, "customer": found.organisation.number,
        "subject": found.subject, "pence": found.pence, "reason": found.reason, "prepared_by": found.prepared_by.name,
        "prepared_at": found.prepared_at, "decided_by": found.decided_by.name if found.decided_by else None,
        "decided_at": found.decided_at, "answer": found.answer, "outcome": found.outcome,
    }  # fmt: skip
