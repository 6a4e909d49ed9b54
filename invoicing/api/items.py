"""Items to invoice."""

from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Concat
from django_filters import CharFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import plain
from invoicing.queries import charges_for
from invoicing.receivables.models import Charge
from marketplace.core.api.views import ListView
from marketplace.organisations.models import CustomerTerms

_REQUIRED = CustomerTerms.PurchaseOrderRule.REQUIRED
# The words of receivables.grouping, which decides it when a batch is proposed.
HELD = Case(
    When(held_reason__gt="", then=F("held_reason")),
    When(
        invoice_to__terms__purchase_order_rule=_REQUIRED,
        purchase_order="",
        then=Concat(F("invoice_to__terms__payer_reference_name"), Value(" missing")),
    ),
    default=Value(""),
    output_field=CharField(),
)


class ItemFilters(FilterSet):
    """By whoever is invoiced, whoever receives it, and the day from which it may be invoiced."""

    customer = CharFilter(field_name="invoice_to__number", max_length=12, help_text="Customer number.")
    receiver = CharFilter(field_name="consumer__number", max_length=12, help_text="Customer number.")
    due_by = DateFilter(field_name="bill_on", lookup_expr="lte", help_text="To invoice on or before this day.")

    class Meta:
        model = Charge
        fields: list[str] = []


class ItemRow(serializers.Serializer[Any]):
    """One item; ``net_pence`` is what is still to be invoiced, before VAT."""

    id = serializers.IntegerField()
    customer = serializers.CharField(help_text="Customer number of whoever is invoiced.")
    receiver = serializers.CharField(help_text="Customer number of whoever receives it.")
    description = serializers.CharField()
    quantity = serializers.CharField()
    unit_price_pence = serializers.IntegerField()
    net_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.CharField()
    bill_on = serializers.DateField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    purchase_order = serializers.CharField(allow_blank=True)
    held = serializers.CharField(allow_blank=True, help_text="Why it waits; empty when it may be invoiced.")


class ItemsView(ListView):
    """What waits to be invoiced."""

    area = "invoices"
    serializer_class = ItemRow
    filterset_class = ItemFilters
    columns = {
        "id": "id",
        "customer": "invoice_to__number",
        "receiver": "consumer__number",
        "description": "description",
        "quantity": "quantity",
        "unit_price_pence": "unit_price_pence",
        "net_pence": F("net_pence") - F("reduced_pence"),
        "vat_category": "vat_category",
        "vat_rate": "vat_rate",
        "bill_on": "bill_on",
        "service_from": "service_from",
        "service_to": "service_to",
        "purchase_order": "purchase_order",
        "held": HELD,
    }

    def rows(self) -> QuerySet[Charge]:
        return charges_for(self.actor).filter(state=Charge.State.PENDING)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | {"quantity": plain(row["quantity"]), "vat_rate": str(row["vat_rate"])} for row in rows]

    @extend_schema(operation_id="items_to_invoice", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Items that are not invoiced yet, for your organisations, or all for finance and the auditor."""
        return self.page()
