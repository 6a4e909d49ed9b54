"""Quarterly returns and invoices of council contracts by a program: sent by the partnership, answered by the council."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from subscriptions.api.council_contracts import AREA, TAGS, ReturnSerializer, return_body
from subscriptions.commissions.models import QuarterReturn
from subscriptions.commissions.queries import invoices_to_approve, return_for
from subscriptions.commissions.services.approving import PURCHASE_ORDER_LIMIT, approve_invoice
from subscriptions.commissions.services.returning import (
    NARRATIVE_LIMIT,
    ReadingTerms,
    accept_return,
    query_return,
    send_return,
    take_reading,
    write_narrative,
)

MOST_READINGS, MOST_CASES = 100, 1_000_000
_CASES: dict[str, Any] = {"min_value": 0, "max_value": MOST_CASES}


class ReadingRequest(serializers.Serializer[Any]):
    """What an indicator was in the quarter: a number, or so many of so many. Nobody is named."""

    indicator = serializers.SlugField(max_length=40)
    value = serializers.DecimalField(max_digits=14, decimal_places=4, min_value=0, allow_null=True, default=None)
    part = serializers.IntegerField(allow_null=True, default=None, **_CASES)
    whole = serializers.IntegerField(allow_null=True, default=None, **_CASES)
    excepted = serializers.IntegerField(default=0, **_CASES)
    source: Any = serializers.CharField(max_length=160, default="Counted by the partnership")


class ReturnSendRequest(serializers.Serializer[Any]):
    """What is entered before it is sent; what was entered before stays. With ``keep`` it is not sent yet."""

    readings: Any = serializers.ListSerializer(child=ReadingRequest(), max_length=MOST_READINGS, default=list)
    narrative = serializers.CharField(max_length=NARRATIVE_LIMIT, required=False, allow_blank=True)
    keep = serializers.BooleanField(default=False, help_text="True keeps it and sends nothing.")


class ReturnAnswerRequest(serializers.Serializer[Any]):
    """Accepted, or sent back with a question."""

    do = serializers.ChoiceField(choices=[("accept", "Accept"), ("query", "Ask about it")])
    query = serializers.CharField(max_length=500, allow_blank=True, default="")


class ApprovalRequest(serializers.Serializer[Any]):
    """The purchase order that the council's payments need; ``keep`` puts it on later invoices of the contract, too."""

    purchase_order = serializers.CharField(max_length=PURCHASE_ORDER_LIMIT)
    keep = serializers.BooleanField(default=False)


class InvoiceApprovalSerializer(serializers.Serializer[Any]):
    """An invoice that was approved for payment."""

    invoice = serializers.CharField()
    purchase_order = serializers.CharField()
    approved_on = serializers.DateField()


class CouncilReturnSendView(ApiView):
    """Writing and sending a return."""

    area = AREA

    @extend_schema(operation_id="council_return_send", request=ReturnSendRequest, responses=ReturnSerializer, tags=TAGS)
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Enters readings and narrative, and sends the return with the platform's figures. For organisers; refused, with
        what is missing, while it is not complete."""
        given, found = self.read(ReturnSendRequest), return_for(self.actor, number, ordinal)
        self.actor.require(Role.ORGANISER, to="send quarterly returns")
        self._enter(found, given)
        if not given["keep"]:
            found = send_return(report=found, on=timezone.localdate(), actor=self.actor)
        return Response(return_body(found))

    def _enter(self, found: QuarterReturn, given: dict[str, Any]) -> None:
        if "narrative" in given:
            write_narrative(report=found, narrative=given["narrative"], actor=self.actor)
        known = {one.code: one for one in found.council.indicators.all()}
        for row in given["readings"]:
            indicator = known.get(row["indicator"])
            if indicator is None:
                raise WrongInput(f"The contract has no indicator {row['indicator']}")
            terms = ReadingTerms(row["source"], row["value"], row["part"], row["whole"], row["excepted"])
            take_reading(report=found, indicator=indicator, terms=terms, actor=self.actor)


class CouncilReturnAnswerView(ApiView):
    """Deciding on a return."""

    area = AREA

    @extend_schema(
        operation_id="council_return_answer", request=ReturnAnswerRequest, responses=ReturnSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Accepts a return, which then stays as it is, or asks about it. For commissioners; never by who sent it."""
        given, found = self.read(ReturnAnswerRequest), return_for(self.actor, number, ordinal)
        common: dict[str, Any] = {"report": found, "on": timezone.localdate(), "actor": self.actor}
        done = query_return(query=given["query"], **common) if given["do"] == "query" else accept_return(**common)
        return Response(return_body(done))


class CouncilInvoiceApprovalView(ApiView):
    """Approving an invoice to a council."""

    area = AREA

    @extend_schema(
        operation_id="council_invoice_approve",
        request=ApprovalRequest,
        responses={201: InvoiceApprovalSerializer},
        tags=TAGS,
    )
    def post(self, request: Request, number: str) -> Response:
        """Approves an invoice for payment, once, with its purchase order. For commissioners of the customer; to ask about
        it instead, open a query of the invoice."""
        given = self.read(ApprovalRequest)
        found = invoices_to_approve(self.actor).filter(number=number).first()
        if found is None:
            raise NotFound(f"There is no invoice {number} for you to approve.")
        made = approve_invoice(
            document=found, purchase_order=given["purchase_order"], keep=given["keep"], on=timezone.localdate(),
            actor=self.actor,
        )  # fmt: skip
        return Response(
            {"invoice": found.number, "purchase_order": made.purchase_order, "approved_on": made.approved_on},
            status=201,
        )
