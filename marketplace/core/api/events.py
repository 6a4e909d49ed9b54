"""The event log for programs: who did what to what, and when."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.filters import MomentFilter
from marketplace.core.api.views import ListView
from marketplace.core.event_queries import LOG_READERS, events_for
from marketplace.core.models import Event


class EventFilters(FilterSet):
    """By kind, by subject, by time."""

    kind = CharFilter(max_length=60)
    subject_kind = CharFilter(max_length=40)
    subject = CharFilter(max_length=60)
    since = MomentFilter(field_name="at", lookup_expr="gte")
    before = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []


class EventSerializer(serializers.Serializer[Any]):
    """One event. What people wrote is not told here; what exactly changed is told to readers of the whole log."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    actor_person_id = serializers.IntegerField(allow_null=True)
    actor_label = serializers.CharField(allow_blank=True, help_text="The command or task, when no person acted.")
    subject_kind = serializers.CharField()
    subject = serializers.CharField()
    payload = serializers.DictField(allow_null=True)
    hash = serializers.CharField()
    seal = serializers.IntegerField(allow_null=True, help_text="Empty until it is sealed, a few seconds later.")


class EventsView(ListView):
    """The event log."""

    area = "events"
    serializer_class = EventSerializer
    filterset_class = EventFilters
    columns = {
        **{str(name): str(name) for name in EventSerializer().fields if name != "seal"},
        "seal": "sealed__seal__number",
    }

    def rows(self) -> QuerySet[Event]:
        return events_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.actor.has(*LOG_READERS):
            return rows
        # An event may concern several organisations: its figures are not for each of them.
        return [{**row, "payload": None} for row in rows]

    @extend_schema(operation_id="events", tags=["events"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What happened at your organisations, or the whole log for finance, auditors and administrators."""
        return self.page()
