"""Providers' invoices: written by us in a provider's name, or sent by it. For finance, the auditor and the provider."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import provider_invoice_for, provider_invoices_for
from marketplace.core.api.views import ApiView, ListView


class ProviderInvoiceFilters(FilterSet):
    """By provider, kind and state."""

    provider = CharFilter(field_name="provider__number", max_length=12)
    state = ChoiceFilter(choices=ProviderInvoice.State.choices)

    class Meta:
        model = ProviderInvoice
        fields: list[str] = []


class ProviderInvoiceRow(serializers.Serializer[Any]):
    """What a provider invoices us for, in pence. Amounts of a credit note are positive: its kind says so."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=ProviderInvoice.Kind.choices)
    state = serializers.ChoiceField(choices=ProviderInvoice.State.choices)
    provider = serializers.CharField(help_text="Customer number of whose invoice it is.")
    dated_on = serializers.DateField()
    due_on = serializers.DateField(help_text="The day on which it is paid, or taken from a payment.")
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    outstanding_pence = serializers.IntegerField(help_text="Still to be paid, or of a credit note to be taken.")


class ProviderInvoiceLineRow(serializers.Serializer[Any]):
    """One amount due as it stands on the invoice."""

    position = serializers.IntegerField()
    description = serializers.CharField()
    source_key = serializers.CharField(help_text="The source of the amount due.")
    net_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=4)
    vat_pence = serializers.IntegerField()


class ProviderInvoiceWhole(ProviderInvoiceRow):
    """One of them with its lines."""

    credits = serializers.CharField(allow_blank=True, help_text="The number of the invoice that it credits.")
    reason = serializers.CharField(allow_blank=True, help_text="What was asked or said about it last.")
    lines = ProviderInvoiceLineRow(many=True)


_SAME = (
    "id", "number", "kind", "state", "dated_on", "due_on", "net_pence", "vat_pence", "gross_pence", "outstanding_pence",
)  # fmt: skip


class ProviderInvoicesView(ListView):
    """Providers' invoices."""

    area = "ledger"
    serializer_class = ProviderInvoiceRow
    filterset_class = ProviderInvoiceFilters
    columns = {**{name: name for name in _SAME}, "provider": "provider__number"}

    def rows(self) -> QuerySet[ProviderInvoice]:
        return provider_invoices_for(self.actor)

    @extend_schema(operation_id="provider_invoices", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Providers' invoices and credit notes: all for finance and the auditor, its own for a provider."""
        return self.page()


class ProviderInvoiceView(ApiView):
    """One provider's invoice with its lines."""

    area = "ledger"

    @extend_schema(operation_id="provider_invoice", tags=["ledger"], responses=ProviderInvoiceWhole)
    def get(self, request: Request, id: int) -> Response:
        """One invoice or credit note of a provider's: for finance, the auditor and the provider."""
        return Response(_whole(provider_invoice_for(self.actor, id)))


def _whole(found: ProviderInvoice) -> dict[str, Any]:
    lines = found.lines.select_related("payable").order_by("position")
    return {
        **{name: getattr(found, name) for name in _SAME},
        "provider": found.provider.number,
        "credits": found.credits.number if found.credits else "",
        "reason": found.reason,
        "lines": [
            {
                "position": line.position, "description": line.payable.description,
                "source_key": line.payable.source_key, "net_pence": line.net_pence,
                "vat_category": line.vat_category, "vat_rate": str(line.vat_rate), "vat_pence": line.vat_pence,
            }
            for line in lines
        ],
    }  # fmt: skip
