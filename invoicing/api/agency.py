"""What is paid over to the suppliers in whose names we sell: prepared, approved by another person, paid."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.agency.models import AgencySettlement
from invoicing.agency.queries import settlement_for, settlements_for, supplier_for
from invoicing.api.common import ReasonRequest, reason_of
from invoicing.banking.queries import bank_account_for
from invoicing.services import (
    approve_settlement,
    pay_settlement,
    prepare_settlement,
    withdraw_settlement,
)
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import WrongInput


class SettlementFilters(FilterSet):
    """By state and supplier."""

    state = ChoiceFilter(choices=AgencySettlement.State.choices)
    supplier = CharFilter(
        field_name="supplier__number", lookup_expr="exact", max_length=12, help_text="Customer number."
    )

    class Meta:
        model = AgencySettlement
        fields: list[str] = []


class SupplierSettlementRow(serializers.Serializer[Any]):
    """What was collected for a supplier, less our fee and its VAT: ``pence`` leaves the bank."""

    number = serializers.CharField()
    supplier = serializers.CharField(help_text="Customer number.")
    state = serializers.ChoiceField(choices=AgencySettlement.State.choices)
    made_on = serializers.DateField()
    collected_pence = serializers.IntegerField()
    fee_net_pence = serializers.IntegerField()
    fee_vat_pence = serializers.IntegerField()
    pence = serializers.IntegerField()
    fee_invoice = serializers.CharField(allow_null=True, help_text="The number of our invoice of the fee.")
    prepared_by = serializers.CharField()
    decided_by = serializers.CharField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it was withdrawn.")
    paid_on = serializers.DateField(allow_null=True)
    paid_reference = serializers.CharField(allow_blank=True)


class SupplierSettlementLineSerializer(serializers.Serializer[Any]):
    """What of one invoice is paid over, with VAT; below nought where too much was before. The fee is before VAT."""

    invoice = serializers.CharField()
    pence = serializers.IntegerField()
    fee_pence = serializers.IntegerField()


class SupplierSettlementSerializer(SupplierSettlementRow):
    """A settlement with its lines."""

    lines: Any = SupplierSettlementLineSerializer(many=True)


class NewSettlement(serializers.Serializer[Any]):
    """Of whom."""

    supplier = serializers.SlugField(max_length=12, help_text="Customer number.")


class PaidSettlement(serializers.Serializer[Any]):
    """When and from which bank account it left."""

    paid_on = serializers.DateField(help_text="Today or in the past.")
    account = serializers.SlugField(max_length=40, help_text="The code of the bank account.")
    reference = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


_SAME = (
    "number", "state", "made_on", "collected_pence", "fee_net_pence", "fee_vat_pence", "pence", "decided_on", "reason",
    "paid_on", "paid_reference",
)  # fmt: skip
_COLUMNS = {
    **{name: name for name in _SAME},
    "supplier": "supplier__number",
    "fee_invoice": "fee_invoice__number",
    "prepared_by": "prepared_by__name",
    "decided_by": "decided_by__name",
}


def settlement_body(row: AgencySettlement) -> dict[str, Any]:
    """A settlement as the API tells it."""
    lines = row.lines.order_by("pk").values_list("document__number", "pence", "fee_pence")
    return {
        **{name: getattr(row, name) for name in _SAME},
        "supplier": row.supplier.number,
        "fee_invoice": row.fee_invoice.number if row.fee_invoice else None,
        "prepared_by": row.prepared_by.name,
        "decided_by": row.decided_by.name if row.decided_by else None,
        "lines": [dict(zip(("invoice", "pence", "fee_pence"), line, strict=True)) for line in lines],
    }


class SettlementsView(ListView):
    """Settlements."""

    area = "payments"
    serializer_class = SupplierSettlementRow
    filterset_class = SettlementFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[AgencySettlement]:
        return settlements_for(self.actor)

    @extend_schema(operation_id="settlements", tags=["payments"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is paid over to suppliers in whose name we sell, newest first. For finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="settlement_prepare",
        request=NewSettlement,
        responses={201: SupplierSettlementSerializer},
        tags=["payments"],
    )
    def post(self, request: Request) -> Response:
        """Prepares what is due to a supplier today; nothing is posted. Finance only."""
        settlements_for(self.actor)
        supplier = supplier_for(self.actor, self.read(NewSettlement)["supplier"])
        made = prepare_settlement(supplier=supplier, on=timezone.localdate(), actor=self.actor)
        return _told(self, made.number, status=201)


def _told(view: ApiView, number: str, *, status: int = 200) -> Response:
    return Response(settlement_body(settlement_for(view.actor, number)), status=status)


class SettlementView(ApiView):
    """One settlement."""

    area = "payments"

    @extend_schema(operation_id="settlement", responses=SupplierSettlementSerializer, tags=["payments"])
    def get(self, request: Request, number: str) -> Response:
        """One settlement with its lines."""
        return _told(self, number)


class SettlementApproveView(ApiView):
    """Approving a settlement."""

    area = "payments"

    @extend_schema(
        operation_id="settlement_approve", request=None, responses=SupplierSettlementSerializer, tags=["payments"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Approves it and invoices our fee, dated today. For a finance manager who did not prepare it."""
        found = settlement_for(self.actor, number)
        approve_settlement(settlement=found, on=timezone.localdate(), actor=self.actor)
        return _told(self, number)


class SettlementWithdrawView(ApiView):
    """Taking a settlement back."""

    area = "payments"

    @extend_schema(
        operation_id="settlement_withdraw",
        request=ReasonRequest,
        responses=SupplierSettlementSerializer,
        tags=["payments"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Takes back what was prepared and not approved, with the reason. Finance only."""
        found = settlement_for(self.actor, number)
        given = self.read(ReasonRequest)
        withdraw_settlement(settlement=found, reason=reason_of(given), on=timezone.localdate(), actor=self.actor)
        return _told(self, number)


class SettlementPaidView(ApiView):
    """A settlement has left the bank."""

    area = "payments"

    @extend_schema(
        operation_id="settlement_paid",
        request=PaidSettlement,
        responses=SupplierSettlementSerializer,
        tags=["payments"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Records that an approved settlement has left the bank, once. Finance only."""
        found = settlement_for(self.actor, number)
        given = self.read(PaidSettlement)
        if given["paid_on"] > timezone.localdate():
            raise WrongInput("paid_on must be today or in the past")
        account = bank_account_for(self.actor, given["account"])
        pay_settlement(
            settlement=found, bank_account=account.ledger_account, reference=given["reference"], on=given["paid_on"],
            actor=self.actor,
        )  # fmt: skip
        return _told(self, number)
