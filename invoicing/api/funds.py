"""Funds: what each got, spent and has, and its movements. For finance and the auditor."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, query_of
from invoicing.funds.queries import figures_of_one, fund_for, fund_movements, funds_for
from invoicing.ledger.models import Fund
from marketplace.core.api.views import ApiView, ListView


class FundFilters(FilterSet):
    """By kind."""

    kind = ChoiceFilter(choices=Fund.Kind.choices)

    class Meta:
        model = Fund
        fields: list[str] = []


class FundRow(serializers.Serializer[Any]):
    """Money for one purpose only. ``ends_on`` is the first day on which nothing may be spent from it any more."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Fund.Kind.choices)
    purpose = serializers.CharField()
    funder = serializers.CharField(allow_null=True, help_text="Customer number of who gave it.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)


class FundMovementSerializer(serializers.Serializer[Any]):
    """One movement: positive pence came in, negative went out."""

    entry = serializers.IntegerField()
    posted_on = serializers.DateField()
    narrative = serializers.CharField(allow_blank=True)
    document = serializers.CharField(allow_null=True)
    account = serializers.CharField()
    pence = serializers.IntegerField()
    balance_pence = serializers.IntegerField()


class FundSerializer(FundRow):
    """A fund at the end of a day."""

    on = serializers.DateField()
    received_pence = serializers.IntegerField()
    spent_pence = serializers.IntegerField()
    balance_pence = serializers.IntegerField()
    movements: Any = FundMovementSerializer(many=True)


_SAME = ("code", "name", "kind", "purpose", "starts_on", "ends_on", "closed_on")


class FundsView(ListView):
    """Funds."""

    area = "ledger"
    serializer_class = FundRow
    filterset_class = FundFilters
    columns = {**{name: name for name in _SAME}, "funder": "funder__number"}

    def rows(self) -> QuerySet[Fund]:
        return funds_for(self.actor)

    @extend_schema(operation_id="funds", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Funds, open and closed. For finance and the auditor."""
        return self.page()


class FundView(ApiView):
    """One fund."""

    area = "ledger"

    @extend_schema(operation_id="fund", parameters=[OnQuery], responses=FundSerializer, tags=["ledger"])
    def get(self, request: Request, code: str) -> Response:
        """What one fund received, spent and has at the end of a day, with every movement, oldest first."""
        found = fund_for(self.actor, code)
        on = query_of(request, OnQuery).get("on", timezone.localdate())
        figures = figures_of_one(self.actor, found, on=on)
        return Response(
            {
                **{name: getattr(found, name) for name in _SAME},
                "funder": found.funder.number if found.funder else None,
                "on": on,
                "received_pence": figures.received_pence,
                "spent_pence": figures.spent_pence,
                "balance_pence": figures.balance_pence,
                "movements": [
                    {
                        "entry": line.entry_id, "posted_on": line.on, "narrative": line.narrative,
                        "document": line.document_number or None, "account": line.account, "pence": line.pence,
                        "balance_pence": line.balance,
                    }
                    for line in fund_movements(self.actor, found, on=on)
                ],
            }
        )  # fmt: skip
