"""Suppliers' invoices for overheads: entered by one program or person, approved by another person, and paid."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence, reason_of
from invoicing.api.journals import ApproveJournal, SendBackJournal
from invoicing.banking.queries import bank_account_for
from invoicing.journals.models import Purchase, PurchaseLine
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import purchase_for, purchases_for
from invoicing.journals.rules.input_vat import MOST_LINES, NewPurchaseLine
from invoicing.services import approve_purchase, pay_purchase, prepare_purchase, send_back_purchase
from marketplace.core.api.numbers import MOST_PENCE
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation


class PurchaseFilters(FilterSet):
    """By state, supplier, day, and whether something is still to pay."""

    state = ChoiceFilter(choices=TwoPeople.State.choices)
    supplier = CharFilter(field_name="supplier__number", max_length=12, help_text="Number of the organisation.")
    dated_from = DateFilter(field_name="dated_on", lookup_expr="gte")
    dated_before = DateFilter(field_name="dated_on", lookup_expr="lt")
    unpaid = BooleanFilter(method="to_pay", help_text="Whether something is still to be paid on it.")

    class Meta:
        model = Purchase
        fields: list[str] = []

    def to_pay(self, queryset: QuerySet[Purchase], name: str, value: bool) -> QuerySet[Purchase]:
        return queryset.filter(outstanding_pence__gt=0) if value else queryset.filter(outstanding_pence=0)


class PurchaseRow(serializers.Serializer[Any]):
    """A supplier's invoice, entered by one person and approved by another."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=TwoPeople.State.choices)
    version = serializers.IntegerField(help_text="Counts the changes; an approval names the one that was read.")
    supplier = serializers.CharField(help_text="Number of the organisation.")
    supplier_name = serializers.CharField()
    supplier_number = serializers.CharField(help_text="The number on the supplier's invoice.")
    dated_on = serializers.DateField()
    due_on = serializers.DateField()
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    outstanding_pence = serializers.IntegerField(help_text="What is still to be paid; nought until it is approved.")
    prepared_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    entry = serializers.IntegerField(allow_null=True)


class NewPurchaseLineSerializer(serializers.Serializer[Any]):
    """A line as it stands on the supplier's invoice."""

    description = serializers.CharField(max_length=200)
    account = serializers.SlugField(max_length=10, help_text="Code of an account of costs.")
    net_pence = pence()
    vat_rate = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=0, max_value=1, help_text="A fraction: 0.2000."
    )
    vat_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE)
    used_for = serializers.ChoiceField(choices=PurchaseLine.Tag.choices, help_text="Decides the VAT that comes back.")
    fund = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="", help_text="Code of the fund that bears it."
    )


class PurchaseLineSerializer(NewPurchaseLineSerializer):
    """A line, and how much of its VAT comes back."""

    recovered_pence = serializers.IntegerField()


class PurchasePaymentSerializer(serializers.Serializer[Any]):
    """Money that left the bank for it; ``undone_on`` where it was taken back."""

    pence = serializers.IntegerField()
    paid_on = serializers.DateField()
    reference = serializers.CharField(allow_blank=True)
    undone_on = serializers.DateField(allow_null=True)


class PurchaseSerializer(PurchaseRow):
    """A purchase with its lines and payments. One taken over with the opening position has no lines."""

    sent_back_reason = serializers.CharField(allow_blank=True)
    lines: Any = PurchaseLineSerializer(many=True)
    payments: Any = PurchasePaymentSerializer(many=True)


class NewPurchase(serializers.Serializer[Any]):
    """A supplier's invoice to hand in."""

    supplier = serializers.CharField(max_length=12, help_text="Number of the organisation.")
    supplier_number = serializers.CharField(max_length=40, help_text="The number on the supplier's invoice.")
    dated_on = serializers.DateField()
    due_on = serializers.DateField()
    lines: Any = serializers.ListSerializer(child=NewPurchaseLineSerializer(), allow_empty=False, max_length=MOST_LINES)


class NewPurchasePayment(serializers.Serializer[Any]):
    """A payment that left the bank."""

    pence = pence()
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    account = serializers.SlugField(max_length=40, help_text="Code of the bank account.")


_SAME = (
    "number", "state", "version", "supplier_number", "dated_on", "due_on", "net_pence", "vat_pence", "gross_pence",
    "outstanding_pence",
)  # fmt: skip
_LINE = ("description", "net_pence", "vat_pence", "recovered_pence")


def purchase_body(row: Purchase) -> dict[str, Any]:
    """A purchase as the API tells it."""
    return {
        **{name: getattr(row, name) for name in _SAME},
        "supplier": row.supplier.number,
        "supplier_name": row.supplier.name,
        "prepared_by": row.prepared_by.name,
        "approved_by": row.approved_by.name if row.approved_by else None,
        "entry": row.entry_id,
        "sent_back_reason": row.sent_back_reason,
        "lines": [
            {name: getattr(line, name) for name in _LINE}
            | {"account": line.account_id, "vat_rate": str(line.vat_rate), "used_for": line.tag}
            | {"fund": line.fund.code if line.fund else ""}
            for line in row.lines.select_related("fund").order_by("position")
        ],
        "payments": list(row.payments.order_by("pk").values("pence", "paid_on", "reference", "undone_on")),
    }


class PurchasesView(ListView):
    """Suppliers' invoices."""

    area = "ledger"
    serializer_class = PurchaseRow
    filterset_class = PurchaseFilters
    columns = {
        **{name: name for name in _SAME},
        "supplier": "supplier__number",
        "supplier_name": "supplier__name",
        "prepared_by": "prepared_by__name",
        "approved_by": "approved_by__name",
        "entry": "entry_id",
    }

    def rows(self) -> QuerySet[Purchase]:
        return purchases_for(self.actor)

    @extend_schema(operation_id="purchases", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Suppliers' invoices for overheads, newest first. For finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="purchase_propose", request=NewPurchase, responses={201: PurchaseSerializer}, tags=["ledger"]
    )
    def post(self, request: Request) -> Response:
        """Enters a supplier's invoice and hands it in for approval; nothing is posted yet. Finance only."""
        purchases_for(self.actor)
        given = self.read(NewPurchase)
        supplier = Organisation.objects.filter(number=given["supplier"]).first()
        if supplier is None:
            raise WrongInput(f"There is no organisation {given['supplier']}. Nothing was entered.")
        lines = [
            NewPurchaseLine(
                one["description"], one["account"], one["net_pence"], one["vat_rate"], one["vat_pence"],
                one["used_for"], one["fund"],
            )
            for one in given["lines"]
        ]  # fmt: skip
        made = prepare_purchase(
            supplier=supplier, supplier_number=given["supplier_number"], dated_on=given["dated_on"],
            due_on=given["due_on"], lines=lines, today=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(purchase_body(purchase_for(self.actor, made.number)), status=201)


class PurchaseView(ApiView):
    """One supplier's invoice."""

    area = "ledger"

    @extend_schema(operation_id="purchase", responses=PurchaseSerializer, tags=["ledger"])
    def get(self, request: Request, number: str) -> Response:
        """One supplier's invoice with its lines and what was paid on it."""
        return Response(purchase_body(purchase_for(self.actor, number)))


class PurchaseApproveView(ApiView):
    """Approving a purchase."""

    area = "ledger"

    @extend_schema(
        operation_id="purchase_approve", request=ApproveJournal, responses=PurchaseSerializer, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Approves and posts a purchase. For a finance manager who did not enter it."""
        found = purchase_for(self.actor, number)
        approve_purchase(purchase=found, version=self.read(ApproveJournal)["version"], actor=self.actor)
        return Response(purchase_body(purchase_for(self.actor, number)))


class PurchaseSendBackView(ApiView):
    """Sending a purchase back."""

    area = "ledger"

    @extend_schema(
        operation_id="purchase_send_back", request=SendBackJournal, responses=PurchaseSerializer, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Gives a purchase back to whoever entered it, with a reason. For a finance manager who did not enter it."""
        found = purchase_for(self.actor, number)
        given = self.read(SendBackJournal)
        send_back_purchase(purchase=found, version=given["version"], reason=reason_of(given), actor=self.actor)
        return Response(purchase_body(purchase_for(self.actor, number)))


class PurchasePaymentsView(ApiView):
    """The payments of a purchase."""

    area = "ledger"

    @extend_schema(
        operation_id="purchase_pay", request=NewPurchasePayment, responses={201: PurchaseSerializer}, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Records that money left the bank for an approved purchase; more than is owed is refused. Finance only."""
        found = purchase_for(self.actor, number)
        given = self.read(NewPurchasePayment)
        if given["paid_on"] > timezone.localdate():
            raise WrongInput("paid_on must be today or in the past. Nothing was recorded.")
        account = bank_account_for(self.actor, given["account"]).ledger_account
        pay_purchase(
            purchase=found, pence=given["pence"], paid_on=given["paid_on"], reference=given["reference"],
            bank_account=account, actor=self.actor,
        )  # fmt: skip
        return Response(purchase_body(purchase_for(self.actor, number)), status=201)
