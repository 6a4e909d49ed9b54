"""Retainers of consultants: what is offered, agreed by both sides, its periods, and stopping it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.trading.engagements.retainer_models import Retainer
from marketplace.trading.engagements.retainer_queries import periods_of_retainer, retainer_for, retainers_for
from marketplace.trading.engagements.services.retaining import agree_retainer, decline_retainer, stop_retainer


class RetainerFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=Retainer.State.choices)

    class Meta:
        model = Retainer
        fields: list[str] = []


class RetainerRow(serializers.Serializer[Any]):
    """One retainer: so many units in each period, over half-open dates. What a unit costs or earns is each side's own."""

    number = serializers.CharField()
    school = serializers.CharField()
    consultant = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=Retainer.State.choices)
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=5, decimal_places=2)
    every = serializers.ChoiceField(choices=Retainer.Every.choices)
    periods = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    unused = serializers.ChoiceField(choices=Retainer.Unused.choices)
    owed = serializers.ChoiceField(choices=Retainer.Owed.choices)


class RetainerPeriodRow(serializers.Serializer[Any]):
    """A period that began, with the units that have a date and those that may still be planned."""

    ordinal = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    usable_to = serializers.DateField()
    planned = serializers.DecimalField(max_digits=7, decimal_places=2)
    left = serializers.DecimalField(max_digits=7, decimal_places=2)


class RetainerBody(RetainerRow):
    """A retainer with its periods."""

    begun = RetainerPeriodRow(many=True)


class AgreeBody(serializers.Serializer[Any]):
    """The school's purchase order, where it has one; a provider sends none."""

    purchase_order = serializers.CharField(max_length=40, allow_blank=True, default="")


class RefuseBody(serializers.Serializer[Any]):
    """Why, as the others read it."""

    reason = serializers.CharField(max_length=240)


class StopBody(RefuseBody):
    """From which day on no period begins any more."""

    from_day = serializers.DateField()


_OWN = (
    "number", "title", "state", "unit", "quantity", "every", "periods", "valid_from", "valid_to", "unused", "owed",
)  # fmt: skip
_COLUMNS = {**{name: name for name in _OWN}, "school": "school__number", "consultant": "consultant__code"}


def body_of(found: Retainer) -> dict[str, Any]:
    """The whole retainer, as every operation on it answers."""
    return {
        **{name: getattr(found, name) for name in _OWN},
        "school": found.school.number,
        "consultant": found.consultant.code,
        "begun": [
            {
                "ordinal": one.period.ordinal, "starts_on": one.period.starts_on, "ends_on": one.period.ends_on,
                "usable_to": one.period.usable_to, "planned": one.planned, "left": one.left,
            }
            for one in periods_of_retainer(found)
        ],
    }  # fmt: skip


class RetainersView(ListView):
    """Retainers of consultants."""

    area = "orders"
    serializer_class = RetainerRow
    filterset_class = RetainerFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Retainer]:
        return retainers_for(self.actor)

    @extend_schema(operation_id="retainers", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Retainers of the caller's schools, and those that the caller's provider delivers, newest first."""
        return self.page()


class RetainerView(ApiView):
    """One retainer."""

    area = "orders"

    @extend_schema(operation_id="retainer", responses=RetainerBody, tags=["consultants"])
    def get(self, request: Request, number: str) -> Response:
        """The retainer with the periods that began."""
        return Response(body_of(retainer_for(self.actor, number)))


class RetainerAgreementView(ApiView):
    """A side's yes."""

    area = "orders"

    @extend_schema(operation_id="retainer_agree", request=AgreeBody, responses=RetainerBody, tags=["consultants"])
    def post(self, request: Request, number: str) -> Response:
        """Agrees for the caller's side; with the other side's it runs."""
        found, given = retainer_for(self.actor, number), self.read(AgreeBody)
        return Response(body_of(agree_retainer(retainer=found, on=timezone.localdate(), actor=self.actor, **given)))


class RetainerRefusalView(ApiView):
    """A side's no."""

    area = "orders"

    @extend_schema(operation_id="retainer_decline", request=RefuseBody, responses=RetainerBody, tags=["consultants"])
    def post(self, request: Request, number: str) -> Response:
        """Declines what is offered."""
        found, given = retainer_for(self.actor, number), self.read(RefuseBody)
        return Response(body_of(decline_retainer(retainer=found, on=timezone.localdate(), actor=self.actor, **given)))


class RetainerStopView(ApiView):
    """Stopping it."""

    area = "orders"

    @extend_schema(operation_id="retainer_stop", request=StopBody, responses=RetainerBody, tags=["consultants"])
    def post(self, request: Request, number: str) -> Response:
        """No period begins from that day on. Organisers."""
        found, given = retainer_for(self.actor, number), self.read(StopBody)
        return Response(body_of(stop_retainer(retainer=found, on=timezone.localdate(), actor=self.actor, **given)))
