"""Payment requests: somebody else is asked to pay a part of a school's invoice. For finance, the funder and the school."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, pence, reason_of, require_finance
from invoicing.funds.asked import payment_request_for, payment_requests_for, standing_of
from invoicing.funds.payment_request_models import PaymentRequest
from invoicing.queries import document_for
from invoicing.services import request_payment, withdraw_payment_request
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation

_STANDINGS = ["open", "part_paid", "paid", "closed", "withdrawn"]


class PaymentRequestFilters(FilterSet):
    """By state and by invoice."""

    state = ChoiceFilter(choices=PaymentRequest.State.choices)
    invoice = CharFilter(field_name="document__number")

    class Meta:
        model = PaymentRequest
        fields: list[str] = []


class PaymentRequestRow(serializers.Serializer[Any]):
    """A part of an invoice that somebody else was asked to pay. No VAT invoice. Amounts are whole pence with VAT."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PaymentRequest.State.choices)
    invoice = serializers.CharField()
    customer = serializers.CharField(help_text="Customer number of whom the invoice is to, who owes all of it.")
    funder = serializers.CharField(help_text="Customer number of who is asked to pay.")
    pence = serializers.IntegerField()
    paid_pence = serializers.IntegerField(help_text="Money of the funder that was set against the invoice.")
    left_pence = serializers.IntegerField(help_text="At most what is still owed on the invoice.")
    requested_on = serializers.DateField()
    reason = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    withdrawn_on = serializers.DateField(allow_null=True)


class PaymentRequestSerializer(PaymentRequestRow):
    """A payment request with what became of it."""

    standing = serializers.ChoiceField(choices=_STANDINGS)
    withdrawn_reason = serializers.CharField(allow_blank=True)


class NewPaymentRequest(serializers.Serializer[Any]):
    """Whom to ask for how much of which invoice."""

    invoice = serializers.CharField(max_length=24)
    funder = serializers.CharField(max_length=12, help_text="Customer number of who is asked to pay.")
    pence = pence()
    reason = serializers.CharField(max_length=200, help_text="What it pays for. It stands on the request.")
    reference = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


_SAME = (
    "number", "state", "pence", "paid_pence", "left_pence", "requested_on", "reason", "reference", "withdrawn_on",
)  # fmt: skip


def request_body(row: Any) -> dict[str, Any]:
    """A payment request as the API tells it."""
    return {
        **{name: getattr(row, name) for name in (*_SAME, "withdrawn_reason")},
        "invoice": row.document.number,
        "customer": row.document.customer.number,
        "funder": row.funder.number,
        "standing": standing_of(row),
    }


class PaymentRequestsView(ListView):
    """Payment requests."""

    area = "invoices"
    serializer_class = PaymentRequestRow
    filterset_class = PaymentRequestFilters
    columns = {
        **{name: name for name in _SAME},
        "invoice": "document__number",
        "customer": "document__customer__number",
        "funder": "funder__number",
    }

    def rows(self) -> QuerySet[Any]:
        return payment_requests_for(self.actor)

    @extend_schema(operation_id="payment_requests", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Payment requests, newest first: all for finance, otherwise those to your organisation or of its invoices."""
        return self.page()

    @extend_schema(
        operation_id="payment_request_make", request=NewPaymentRequest, responses={201: PaymentRequestSerializer},
        tags=["invoices"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Asks somebody else to pay a part of an issued invoice. Finance only. Its customer still owes all of it."""
        given = self.read(NewPaymentRequest)
        invoice = document_for(self.actor, given["invoice"])
        require_finance(self.actor, to="ask somebody else to pay")
        funder = Organisation.objects.filter(number=given["funder"]).first()
        if funder is None:
            raise WrongInput(f"There is no organisation {given['funder']}. Nobody was asked.")
        made = request_payment(
            invoice=invoice, funder=funder, pence=given["pence"], reason=given["reason"],
            reference=given["reference"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(request_body(payment_request_for(self.actor, made.number)), status=201)


class PaymentRequestView(ApiView):
    """One payment request."""

    area = "invoices"

    @extend_schema(operation_id="payment_request", responses=PaymentRequestSerializer, tags=["invoices"])
    def get(self, request: Request, number: str) -> Response:
        """One payment request with what came of it."""
        return Response(request_body(payment_request_for(self.actor, number)))


class PaymentRequestWithdrawView(ApiView):
    """Withdrawing a payment request."""

    area = "invoices"

    @extend_schema(
        operation_id="payment_request_withdraw", request=ReasonRequest, responses=PaymentRequestSerializer,
        tags=["invoices"],
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """Asks for nothing any more. Finance only. What was paid stays set against the invoice."""
        found = payment_request_for(self.actor, number)
        require_finance(self.actor, to="withdraw payment requests")
        withdraw_payment_request(
            request=found, reason=reason_of(self.read(ReasonRequest)), on=timezone.localdate(), actor=self.actor
        )
        return Response(request_body(payment_request_for(self.actor, number)))
