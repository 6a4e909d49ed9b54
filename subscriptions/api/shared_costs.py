"""Costs that several organisations share: for finance and the auditor; agreed by a finance manager."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from subscriptions.models import SharedCost
from subscriptions.queries import borne_by, shared_cost_for, shared_costs_for
from subscriptions.services import agree_cost
from subscriptions.shared.models import METHODS_OF_PARTS

TAGS = ["shared costs"]


class SharedCostRow(serializers.Serializer[Any]):
    """A shared cost, before VAT."""

    code = serializers.CharField()
    title = serializers.CharField()
    lead = serializers.CharField(help_text="Customer number.")
    term_from = serializers.DateField()
    term_to = serializers.DateField(help_text="The day after the last.")
    is_open = serializers.BooleanField(help_text="Each who shares sees the others by name and amount.")
    state = serializers.ChoiceField(choices=SharedCost.State.choices)
    pence = serializers.IntegerField()


class SharedPartRow(serializers.Serializer[Any]):
    """A part and how it is divided."""

    title = serializers.CharField()
    method = serializers.ChoiceField(choices=[one.value for one in METHODS_OF_PARTS])
    pence = serializers.IntegerField()


class SharerRow(serializers.Serializer[Any]):
    """Who shares it, and what it bears over the whole term."""

    organisation = serializers.CharField()
    pupils = serializers.IntegerField(allow_null=True)
    pupils_source = serializers.CharField(allow_blank=True)
    pupils_counted_on = serializers.DateField(allow_null=True)
    pence = serializers.IntegerField()
    parts_pence = serializers.ListField(child=serializers.IntegerField(), help_text="In the order of the parts.")
    joined_on = serializers.DateField(allow_null=True)
    left_on = serializers.DateField(allow_null=True)
    agreement = serializers.CharField(allow_null=True)


class SharedCostSerializer(SharedCostRow):
    """A shared cost with its parts and who bears what. ``version`` says which state of it this is."""

    version = serializers.IntegerField()
    parts: Any = SharedPartRow(many=True)
    sharers: Any = SharerRow(many=True)


class Version(serializers.Serializer[Any]):
    """Which state of it was looked at."""

    version = serializers.IntegerField(min_value=1, max_value=1_000_000)


_SAME = ("code", "title", "term_from", "term_to", "is_open", "state", "pence")


def shared_cost_body(found: SharedCost) -> dict[str, Any]:
    """In the form of ``SharedCostSerializer``."""
    return {name: getattr(found, name) for name in _SAME} | {
        "lead": found.lead.number,
        "version": found.version,
        "parts": list(found.parts.order_by("position").values("title", "method", "pence")),
        "sharers": [
            {
                "organisation": one.participant.organisation.number,
                "pupils": one.participant.pupils,
                "pupils_source": one.participant.source,
                "pupils_counted_on": one.participant.counted_on,
                "pence": one.pence,
                "parts_pence": list(one.parts),
                "joined_on": one.participant.joined_on,
                "left_on": one.participant.left_on,
                "agreement": one.participant.agreement.number if one.participant.agreement else None,
            }
            for one in borne_by(found)
        ],
    }


class SharedCostFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=SharedCost.State.choices)

    class Meta:
        model = SharedCost
        fields: list[str] = []


class SharedCostsView(ListView):
    """Shared costs."""

    area = "orders"
    serializer_class = SharedCostRow
    filterset_class = SharedCostFilters
    columns = {**{name: name for name in _SAME}, "lead": "lead__number"}

    def rows(self) -> QuerySet[SharedCost]:
        return shared_costs_for(self.actor)

    @extend_schema(operation_id="shared_costs", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Shared costs, drafts and agreed ones. For finance and the auditor."""
        return self.page()


class SharedCostView(ApiView):
    """One shared cost."""

    area = "orders"

    @extend_schema(operation_id="shared_cost", responses=SharedCostSerializer, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """One shared cost with its parts and who bears what."""
        return Response(shared_cost_body(shared_cost_for(self.actor, code)))


class SharedCostAgreementView(ApiView):
    """Agreeing a shared cost."""

    area = "orders"

    @extend_schema(operation_id="shared_cost_agree", request=Version, responses={200: SharedCostSerializer}, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Makes the agreement of each who shares it, once; refused where it is not as it was looked at. By a finance
        manager."""
        found = shared_cost_for(self.actor, code)
        agree_cost(cost=found, version=self.read(Version)["version"], on=timezone.localdate(), actor=self.actor)
        return Response(shared_cost_body(shared_cost_for(self.actor, code)))
