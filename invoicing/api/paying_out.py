"""Payment batches for programs: proposed, prepared, approved by another person's program, withdrawn. People release."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, query_of, reason_of
from invoicing.banking.queries import bank_account_for
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine
from invoicing.paying_out.preparing import approve_batch, prepare_batch, withdraw_batch
from invoicing.paying_out.proposing import pay_day, propose_payments
from invoicing.paying_out.queries import batch_for, batches_for, lines_of
from invoicing.paying_out.rules.orders import Account
from marketplace.core.api.views import ApiView, ListView

_SAME = ("number", "state", "pay_on", "count", "pence", "prepared_on", "approved_on", "released_on")


class PaymentBatchFilters(FilterSet):
    """By state and by the day of payment."""

    state = ChoiceFilter(choices=PaymentBatch.State.choices)
    pay_from = DateFilter(field_name="pay_on", lookup_expr="gte")
    pay_before = DateFilter(field_name="pay_on", lookup_expr="lt")

    class Meta:
        model = PaymentBatch
        fields: list[str] = []


class PaymentBatchRow(serializers.Serializer[Any]):
    """Payments to providers that leave together: prepared, approved and released by three people."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PaymentBatch.State.choices)
    pay_on = serializers.DateField(help_text="A working day.")
    count = serializers.IntegerField()
    pence = serializers.IntegerField()
    prepared_on = serializers.DateField()
    approved_on = serializers.DateField(allow_null=True)
    released_on = serializers.DateField(allow_null=True)
    prepared_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    released_by = serializers.CharField(allow_null=True)


class PaymentLineSerializer(serializers.Serializer[Any]):
    """One payment. Of the account only the last four digits are told."""

    position = serializers.IntegerField()
    provider = serializers.CharField(help_text="Number of the organisation.")
    provider_name = serializers.CharField()
    account_ending = serializers.CharField()
    account_version = serializers.IntegerField()
    pence = serializers.IntegerField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=PaymentBatchLine.State.choices)
    reason = serializers.CharField(allow_blank=True)


class PaymentBatchSerializer(PaymentBatchRow):
    """A batch with its payments. An approval names ``content``, so that what was read is what is approved."""

    content = serializers.CharField(help_text="SHA-256 of whom it pays what, into which account.")
    lines: Any = PaymentLineSerializer(many=True)


class NewPaymentBatch(serializers.Serializer[Any]):
    """When to pay, and from which of our bank accounts."""

    pay_on = serializers.DateField(help_text="A day on which banks do not work is the working day before it.")
    account = serializers.SlugField(max_length=40, help_text="Code of our bank account.")


class ApproveBatch(serializers.Serializer[Any]):
    """What was read."""

    content = serializers.CharField(max_length=64)


class PayOnQuery(serializers.Serializer[Any]):
    """The day by which what is due is asked; today unless said."""

    pay_on = serializers.DateField(required=False)


class ProposedPayment(serializers.Serializer[Any]):
    """What one provider is due on a day; ``held`` says why it would not be paid."""

    provider = serializers.CharField(help_text="Number of the organisation.")
    provider_name = serializers.CharField()
    due_pence = serializers.IntegerField()
    taken_pence = serializers.IntegerField(help_text="Credit notes taken off.")
    pence = serializers.IntegerField()
    invoices: Any = serializers.ListField(child=serializers.CharField())
    held = serializers.CharField(allow_blank=True)


def batch_body(batch: PaymentBatch) -> dict[str, Any]:
    """A batch as the API tells it."""
    people = {
        name: getattr(getattr(batch, name), "name", None) for name in ("prepared_by", "approved_by", "released_by")
    }
    lines = [
        {
            "position": line.position, "provider": line.provider.number, "provider_name": line.provider.name,
            "account_ending": line.payee_account.account_number[-4:], "account_version": line.payee_account.version,
            "pence": line.pence, "reference": line.reference, "state": line.state, "reason": line.reason,
        }
        for line in lines_of(batch)
    ]  # fmt: skip
    return {**{name: getattr(batch, name) for name in _SAME}, **people, "content": hash_of(batch.pk), "lines": lines}


class PaymentBatchesView(ListView):
    """Payment batches."""

    area = "ledger"
    serializer_class = PaymentBatchRow
    filterset_class = PaymentBatchFilters
    columns = {
        **{name: name for name in _SAME},
        "prepared_by": "prepared_by__name",
        "approved_by": "approved_by__name",
        "released_by": "released_by__name",
    }

    def rows(self) -> QuerySet[PaymentBatch]:
        return batches_for(self.actor)

    @extend_schema(operation_id="payment_batches", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Payment batches, newest first. For finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="payment_batch_prepare", request=NewPaymentBatch, responses={201: PaymentBatchSerializer}, tags=["ledger"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Prepares all that is due and not held. Another person approves it, a third releases it. Finance only."""
        batches_for(self.actor)
        given = self.read(NewPaymentBatch)
        bank = bank_account_for(self.actor, given["account"])
        made = prepare_batch(
            pay_on=given["pay_on"], bank_account=bank.ledger_account, on=timezone.localdate(), actor=self.actor,
            payer=Account(settings.PARTNERSHIP_NAME, bank.sort_code, bank.account_number),
        )  # fmt: skip
        return Response(batch_body(batch_for(self.actor, made.number)), status=201)


class PaymentsDueView(ApiView):
    """What is due to providers."""

    area = "ledger"

    @extend_schema(
        operation_id="payments_due", parameters=[PayOnQuery], responses=ProposedPayment(many=True), tags=["ledger"]
    )
    def get(self, request: Request) -> Response:
        """What is due to each provider by a day, less credit notes, and what is held and why. For finance and the auditor."""
        batches_for(self.actor)
        wanted = query_of(request, PayOnQuery).get("pay_on") or timezone.localdate()
        return Response(
            [
                {
                    "provider": one.provider.number, "provider_name": one.provider.name, "due_pence": one.due_pence,
                    "taken_pence": one.taken_pence, "pence": one.pence, "held": one.held,
                    "invoices": [row.number for row in one.invoices],
                }
                for one in propose_payments(pay_on=pay_day(wanted))
            ]
        )  # fmt: skip


class PaymentBatchView(ApiView):
    """One payment batch."""

    area = "ledger"

    @extend_schema(operation_id="payment_batch", responses=PaymentBatchSerializer, tags=["ledger"])
    def get(self, request: Request, number: str) -> Response:
        """One batch with its payments."""
        return Response(batch_body(batch_for(self.actor, number)))


class PaymentBatchApproveView(ApiView):
    """Approving a batch."""

    area = "ledger"

    @extend_schema(
        operation_id="payment_batch_approve", request=ApproveBatch, responses=PaymentBatchSerializer, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Approves and freezes a batch as it was read. For a finance manager who did not prepare it."""
        found = batch_for(self.actor, number)
        seen = self.read(ApproveBatch)["content"]
        approve_batch(batch=found, seen=seen, on=timezone.localdate(), actor=self.actor)
        return Response(batch_body(batch_for(self.actor, number)))


class PaymentBatchWithdrawView(ApiView):
    """Withdrawing a batch."""

    area = "ledger"

    @extend_schema(
        operation_id="payment_batch_withdraw", request=ReasonRequest, responses=PaymentBatchSerializer, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Withdraws a batch that was not sent: what stood in it is due again. Finance only."""
        found = batch_for(self.actor, number)
        withdraw_batch(batch=found, reason=reason_of(self.read(ReasonRequest)), actor=self.actor)
        return Response(batch_body(batch_for(self.actor, number)))
