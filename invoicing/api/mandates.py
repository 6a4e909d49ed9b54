"""In which suppliers' names we sell, and on which terms."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.agency.queries import mandate_for, mandates_for
from invoicing.mandates.models import MOST, SalesMandate
from invoicing.queries import customer_for
from invoicing.services import end_mandate, grant_mandate
from marketplace.core.api.views import ApiView, ListView


class MandateFilters(FilterSet):
    """By supplier."""

    supplier = CharFilter(
        field_name="supplier__number", lookup_expr="exact", max_length=12, help_text="Customer number."
    )

    class Meta:
        model = SalesMandate
        fields: list[str] = []


class MandateSerializer(serializers.Serializer[Any]):
    """From ``valid_from`` up to but not including ``valid_to`` we sell in the supplier's name for our fee."""

    id = serializers.IntegerField()
    supplier = serializers.CharField(help_text="Customer number.")
    supplier_name = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    fee_rate = serializers.DecimalField(max_digits=5, decimal_places=4, help_text="0.1000 is 10% of the net.")
    agreement = serializers.CharField()


class NewMandate(serializers.Serializer[Any]):
    """A mandate to record. ``prefix`` begins the numbers of the supplier's invoices and stays the supplier's."""

    supplier = serializers.SlugField(max_length=12, help_text="Customer number.")
    valid_from = serializers.DateField()
    fee_rate = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=MOST)
    prefix = serializers.CharField(max_length=6)
    agreement = serializers.CharField(max_length=240, help_text="Where the signed agreement is.")


class EndMandate(serializers.Serializer[Any]):
    """``valid_to`` is the first day on which nothing is sold in the supplier's name any more."""

    valid_to = serializers.DateField()


def mandate_body(row: SalesMandate) -> dict[str, Any]:
    """A mandate as the API tells it."""
    return {
        "id": row.pk, "supplier": row.supplier.number, "supplier_name": row.supplier.name, "valid_from": row.valid_from,
        "valid_to": row.valid_to, "fee_rate": f"{row.fee_rate:.4f}", "agreement": row.evidence,
    }  # fmt: skip


class MandatesView(ListView):
    """Mandates."""

    area = "invoices"
    serializer_class = MandateSerializer
    filterset_class = MandateFilters
    columns = {
        "id": "id", "supplier": "supplier__number", "supplier_name": "supplier__name", "valid_from": "valid_from",
        "valid_to": "valid_to", "fee_rate": "fee_rate", "agreement": "evidence",
    }  # fmt: skip

    def rows(self) -> QuerySet[SalesMandate]:
        return mandates_for(self.actor)

    @extend_schema(operation_id="sales_mandates", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Suppliers in whose name we sell, and on which terms. For finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="sales_mandate_grant", request=NewMandate, responses={201: MandateSerializer}, tags=["invoices"]
    )
    def post(self, request: Request) -> Response:
        """Records that we sell in a supplier's name from a day on. A finance manager only."""
        mandates_for(self.actor)
        given = self.read(NewMandate)
        made = grant_mandate(
            supplier=customer_for(self.actor, given["supplier"]), valid_from=given["valid_from"],
            fee_rate=given["fee_rate"], prefix=given["prefix"], evidence=given["agreement"], actor=self.actor,
        )  # fmt: skip
        return Response(mandate_body(made), status=201)


class MandateEndView(ApiView):
    """The end of a mandate."""

    area = "invoices"

    @extend_schema(operation_id="sales_mandate_end", request=EndMandate, responses=MandateSerializer, tags=["invoices"])
    def post(self, request: Request, pk: int) -> Response:
        """Ends a mandate, once. What was invoiced is collected and paid over as before. A finance manager only."""
        found = mandate_for(self.actor, pk)
        ended = end_mandate(mandate=found, valid_to=self.read(EndMandate)["valid_to"], actor=self.actor)
        return Response(mandate_body(ended))
