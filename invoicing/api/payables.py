"""Amounts due to providers. For finance and the auditor."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.payables.models import Payable
from invoicing.payables.queries import payables_for
from marketplace.core.api.views import ListView


class PayableFilters(FilterSet):
    """By provider and state."""

    provider = CharFilter(field_name="provider__number", max_length=12)
    state = ChoiceFilter(choices=Payable.State.choices)

    class Meta:
        model = Payable
        fields: list[str] = []


class PayableRow(serializers.Serializer[Any]):
    """What a provider has earned, in pence before VAT. It waits for a customer's money, is owed and posted, or was
    cancelled."""

    id = serializers.IntegerField()
    source_key = serializers.CharField()
    provider = serializers.CharField(help_text="Customer number of who is owed it.")
    description = serializers.CharField()
    state = serializers.ChoiceField(choices=Payable.State.choices)
    net_pence = serializers.IntegerField()
    reduced_pence = serializers.IntegerField(help_text="Owed less since it was made.")
    owed_pence = serializers.IntegerField(help_text="Posted by now.")
    account = serializers.CharField()
    stream = serializers.CharField()
    offer = serializers.CharField(allow_blank=True)
    made_on = serializers.DateField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    waits_for = serializers.CharField(allow_blank=True, help_text="Source of the customer's item to invoice.")


_SAME = (
    "id", "source_key", "description", "state", "net_pence", "reduced_pence", "owed_pence", "made_on", "service_from",
    "service_to",
)  # fmt: skip


class PayablesView(ListView):
    """Amounts due to providers."""

    area = "ledger"
    serializer_class = PayableRow
    filterset_class = PayableFilters
    columns = {
        **{name: name for name in _SAME}, "provider": "provider__number", "account": "account_id",
        "stream": "stream_id", "offer": "analysis_code", "waits_for": "release_on_payment_of",
    }  # fmt: skip

    def rows(self) -> QuerySet[Payable]:
        return payables_for(self.actor)

    @extend_schema(operation_id="payables", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Amounts due to providers: waiting for a customer's money, owed, or cancelled. For finance and the auditor."""
        return self.page()
