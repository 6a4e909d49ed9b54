"""Payments: receipts and credit notes on account, and what they are set against."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, pence, reason_of, require_finance
from invoicing.api.document_shapes import SettlementSerializer, settlements
from invoicing.banking.models import BankMatch
from invoicing.banking.queries import bank_account_for
from invoicing.documents.models import Document
from invoicing.queries import allocation_for, customer_for, documents_for, payment_for, payments_for
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.services import allocate_as_shown, record_receipt, reverse_receipt, undo_allocation
from marketplace.core.actors import Actor
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money


class ReceiptFromBank(DomainError):
    """A receipt that a bank line explains is taken back at its line."""

    code = "receipt_from_bank"


class PaymentFilters(FilterSet):
    """By customer, kind, whether something is left, and day."""

    customer = CharFilter(field_name="organisation__number", max_length=12, help_text="Customer number.")
    kind = ChoiceFilter(choices=UnallocatedItem.Kind.choices)
    state = ChoiceFilter(choices=[("open", "Something left"), ("spent", "Nothing left")], method="in_state")
    received_from = DateFilter(field_name="received_on", lookup_expr="gte")
    received_before = DateFilter(field_name="received_on", lookup_expr="lt")

    class Meta:
        model = UnallocatedItem
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[UnallocatedItem], name: str, value: str) -> QuerySet[UnallocatedItem]:
        return queryset.filter(remaining_pence__gt=0) if value == "open" else queryset.filter(remaining_pence=0)


class PaymentRow(serializers.Serializer[Any]):
    """Money on a customer's account: a receipt, or a credit note."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=UnallocatedItem.Kind.choices)
    customer = serializers.CharField(help_text="Customer number of whoever paid, or was credited.")
    received_on = serializers.DateField()
    reference = serializers.CharField(allow_blank=True)
    credit_note = serializers.CharField(allow_null=True)
    pence = serializers.IntegerField()
    remaining_pence = serializers.IntegerField(help_text="What is left on account.")
    reversed_on = serializers.DateField(allow_null=True)


class PaymentSerializer(PaymentRow):
    """A payment with what it is set against."""

    bank_line = serializers.IntegerField(allow_null=True, help_text="The bank line that it explains.")
    allocations = SettlementSerializer(many=True)


class NewReceipt(serializers.Serializer[Any]):
    """Money that came in by another way than a bank file."""

    customer = serializers.SlugField(max_length=12, help_text="Customer number of whoever paid.")
    pence = pence()
    received_on = serializers.DateField(help_text="Today or in the past.")
    reference = serializers.CharField(max_length=120)
    account = serializers.SlugField(max_length=40, help_text="Code of the bank account.")


class AllocationLine(serializers.Serializer[Any]):
    """How much goes to an invoice, with VAT; its instalments are settled earliest due first."""

    invoice = serializers.SlugField(max_length=24)
    pence = pence()


class NewAllocations(serializers.Serializer[Any]):
    """``expected_left_pence`` is what you saw was left of the payment: another amount sets nothing."""

    expected_left_pence = serializers.IntegerField(min_value=0, max_value=10**13)
    lines: Any = serializers.ListSerializer(child=AllocationLine(), allow_empty=False, max_length=1000)


def payment_body(payment: UnallocatedItem) -> dict[str, Any]:
    """A payment as the API tells it, as it stands in the database."""
    payment.refresh_from_db()
    line = BankMatch.objects.filter(receipt=payment, state=BankMatch.State.CONFIRMED).values_list("line_id", flat=True)
    return {
        "id": payment.pk,
        "kind": payment.kind,
        "customer": payment.organisation.number,
        "received_on": payment.received_on,
        "reference": payment.reference,
        "credit_note": payment.document.number if payment.document else None,
        "pence": payment.pence,
        "remaining_pence": payment.remaining_pence,
        "reversed_on": payment.reversed_on,
        "bank_line": line.first(),
        "allocations": settlements(payment.allocations.filter(undone_on__isnull=True)),
    }


class PaymentsView(ListView):
    """Receipts and money on account."""

    area = "payments"
    serializer_class = PaymentRow
    filterset_class = PaymentFilters
    columns = {
        "id": "id",
        "kind": "kind",
        "customer": "organisation__number",
        "received_on": "received_on",
        "reference": "reference",
        "credit_note": "document__number",
        "pence": "pence",
        "remaining_pence": "remaining_pence",
        "reversed_on": "reversed_on",
    }

    def rows(self) -> QuerySet[UnallocatedItem]:
        return payments_for(self.actor)

    @extend_schema(operation_id="payments", tags=["payments"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Receipts and credit notes of your organisations, or all for finance and the auditor; newest first."""
        return self.page()

    @extend_schema(
        operation_id="payment_record", request=NewReceipt, responses={201: PaymentSerializer}, tags=["payments"]
    )
    def post(self, request: Request) -> Response:
        """Records a receipt on the customer's account, where it waits to be set against invoices. Finance only."""
        given = self.read(NewReceipt)
        payer = customer_for(self.actor, given["customer"])
        require_finance(self.actor, to="record receipts")
        if given["received_on"] > timezone.localdate():
            raise WrongInput("Received on must be today or in the past")
        made = record_receipt(
            source_key=f"api:{uuid.uuid4()}",
            payer=payer,
            pence=given["pence"],
            received_on=given["received_on"],
            reference=given["reference"],
            bank_account=bank_account_for(self.actor, given["account"]).ledger_account,
            actor=self.actor,
        )
        return Response(payment_body(made), status=201)


class PaymentView(ApiView):
    """One payment."""

    area = "payments"

    @extend_schema(operation_id="payment", responses=PaymentSerializer, tags=["payments"])
    def get(self, request: Request, pk: int) -> Response:
        """One receipt or credit note on account, with what it is set against."""
        return Response(payment_body(payment_for(self.actor, pk)))


class PaymentAllocationsView(ApiView):
    """What a payment is set against."""

    area = "payments"

    @extend_schema(
        operation_id="payment_allocate", request=NewAllocations, responses={201: PaymentSerializer}, tags=["payments"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sets a payment against invoices, all or nothing. More than is left or owed sets nothing. Finance only."""
        given = self.read(NewAllocations)
        payment = payment_for(self.actor, pk)
        require_finance(self.actor, to="set money against invoices")
        allocate_as_shown(
            source=payment,
            to=[pair for line in given["lines"] for pair in spread(self.actor, line["invoice"], line["pence"])],
            left_shown=given["expected_left_pence"],
            on=timezone.localdate(),
            actor=self.actor,
        )
        return Response(payment_body(payment), status=201)


def spread(actor: Actor, number: str, amount: int) -> list[tuple[ReceivableItem, int]]:
    """An amount over the open items of one invoice, earliest due first; what is over stays with the last of them.

    The allocating itself refuses what is too much.
    """
    owed = documents_for(actor).exclude(kind=Document.Kind.CREDIT_NOTE)
    invoice = owed.filter(number=number).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {number}.")
    open_items = invoice.items.filter(outstanding_pence__gt=0).select_related("document").order_by("due_on", "pk")
    items, pairs = list(open_items), []
    if not items:
        raise WrongInput(f"Nothing is left to pay on {number}, so {Money(amount)} cannot be set against it.")
    for item in items:
        share = amount if item is items[-1] else min(amount, item.outstanding_pence)
        if share:
            pairs.append((item, share))
        amount -= share
    return pairs


class PaymentReverseView(ApiView):
    """Taking a receipt back."""

    area = "payments"

    @extend_schema(
        operation_id="payment_reverse", request=ReasonRequest, responses=PaymentSerializer, tags=["payments"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Takes back a receipt that was recorded by hand, with its allocations, by reversing entries. Finance only."""
        reason = reason_of(self.read(ReasonRequest))
        payment = payment_for(self.actor, pk)
        require_finance(self.actor, to="take receipts back")
        if BankMatch.objects.filter(receipt=payment).exists():
            raise ReceiptFromBank("This receipt explains a bank line. Undo the match of that line instead.")
        reverse_receipt(item=payment, on=timezone.localdate(), reason=reason, actor=self.actor)
        return Response(payment_body(payment))


class AllocationUndoView(ApiView):
    """Taking an allocation back."""

    area = "payments"

    @extend_schema(
        operation_id="allocation_undo", request=ReasonRequest, responses=PaymentSerializer, tags=["payments"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Takes an allocation back; the payment is on account again and the invoice open. Finance only."""
        reason = reason_of(self.read(ReasonRequest))
        allocation = allocation_for(self.actor, pk)
        require_finance(self.actor, to="undo allocations")
        undo_allocation(allocation=allocation, on=timezone.localdate(), reason=reason, actor=self.actor)
        return Response(payment_body(payment_for(self.actor, allocation.source_id)))
