"""What subscriptions include, for programs: every allowance that the caller may see, and what happened to it."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ListView
from subscriptions.allowances.models import Allowance, AllowanceMovement
from subscriptions.allowances.queries import allowance_for, allowances_for, used_of
from subscriptions.allowances.rules.units import Unit

UNITS = [(one.value, one.words) for one in Unit]


class AllowanceFilters(FilterSet):
    """By organisation, unit and the days over which they run."""

    organisation = CharFilter(field_name="organisation__number", max_length=12, help_text="Customer number.")
    unit = ChoiceFilter(choices=UNITS)
    on = DateFilter(method="running", help_text="Those that run on this day.")
    ends_by = DateFilter(method="ending", help_text="Those whose last day is this one or earlier.")

    class Meta:
        model = Allowance
        fields: list[str] = []

    def running(self, rows: QuerySet[Allowance], name: str, value: Any) -> QuerySet[Allowance]:
        return rows.filter(valid_from__lte=value, valid_to__gt=value)

    def ending(self, rows: QuerySet[Allowance], name: str, value: Any) -> QuerySet[Allowance]:
        return rows.filter(valid_to__lte=value + timedelta(days=1))


class AllowanceRow(serializers.Serializer[Any]):
    """One allowance, both days included. Consultant days are counted in half days."""

    id = serializers.IntegerField()
    organisation = serializers.CharField(help_text="Customer number.")
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=UNITS)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    granted = serializers.IntegerField()
    carried_in = serializers.IntegerField(help_text="How much of it came from the one before.")
    used = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="For bookings to come.")
    lapsed = serializers.IntegerField()
    carried_over = serializers.IntegerField(help_text="What went into the next one.")
    left = serializers.IntegerField()


class MovementRow(serializers.Serializer[Any]):
    """One thing that happened. ``units`` is below nought where something was taken back."""

    id = serializers.IntegerField()
    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=AllowanceMovement.Kind.choices)
    units = serializers.IntegerField()
    what_for = serializers.CharField(allow_blank=True, help_text="The course or visit, otherwise why. No names.")
    source_key = serializers.CharField(allow_blank=True, help_text="What it was kept for, as the platform knows it.")


_COLUMNS = {
    "id": "id",
    "organisation": "organisation__number",
    "name": "name",
    "unit": "unit",
    "first_day": "valid_from",
    "last_day": "valid_to",
    "granted": "granted",
    "carried_in": "carried_in",
    "kept": "taken",
    "lapsed": "expired",
    "carried_over": "carried",
}


class AllowancesView(ListView):
    """Allowances of the caller's organisations; finance and the auditor see all."""

    area = "orders"
    serializer_class = AllowanceRow
    filterset_class = AllowanceFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Allowance]:
        return allowances_for(self.actor).select_related(None)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Tells what was used from what is kept: one query."""
        used = used_of([row["id"] for row in rows])
        for row in rows:
            taken, row["used"] = row["kept"], used.get(row["id"], 0)
            row["kept"] = taken - row["used"]
            row["left"] = row["granted"] - taken - row["lapsed"] - row["carried_over"]
            row["last_day"] -= timedelta(days=1)
        return rows

    @extend_schema(operation_id="allowances", tags=["orders"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What subscriptions include and how much of it is used, newest first."""
        return self.page()


class AllowanceMovementsView(ListView):
    """What happened to one allowance."""

    area = "orders"
    serializer_class = MovementRow
    columns: ClassVar[dict[str, Any]] = {
        "id": "id",
        "on": "on",
        "kind": "kind",
        "units": "units",
        "what_for": Coalesce("use__label", "note"),
        "source_key": Coalesce("use__source_key", Value("")),
    }

    def rows_model(self) -> Any:
        return AllowanceMovement.objects

    def rows(self) -> QuerySet[AllowanceMovement]:
        return AllowanceMovement.objects.filter(allowance=allowance_for(self.actor, self.kwargs["pk"]))

    @extend_schema(operation_id="allowance_movements", tags=["orders"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Granted, kept, came back, used, lapsed, carried over: newest first."""
        return self.page()
