"""When one's own consultants are taken, for programs."""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.filters import MomentFilter
from marketplace.core.api.views import ListView
from providers.models import Slot
from providers.queries import own_slots


class SlotFilters(FilterSet):
    """By consultant and kind, and from when to when."""

    consultant = CharFilter(field_name="consultant__code", max_length=60)
    kind = ChoiceFilter(choices=Slot.Kind.choices)
    ends_after = MomentFilter(field_name="during", lookup_expr="endswith__gt", label="Ends after this moment.")
    starts_before = MomentFilter(field_name="during", lookup_expr="startswith__lt", label="Begins before it.")

    class Meta:
        model = Slot
        fields: list[str] = []


class SlotRow(serializers.Serializer[Any]):
    """A time at which a consultant is taken. What is not listed is free."""

    id = serializers.IntegerField()
    consultant = serializers.CharField(help_text="The consultant's code.")
    kind = serializers.ChoiceField(choices=Slot.Kind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first moment that is free again.")
    what = serializers.CharField(allow_blank=True, help_text="What takes the time, as their own calendar says it.")


class CalendarView(ListView):
    """The caller's own calendar, or that of their provider's consultants."""

    area = "catalogue"
    serializer_class = SlotRow
    filterset_class = SlotFilters
    columns = {
        "id": "id", "consultant": "consultant__code", "kind": "kind", "starts_at": Lower("during"),
        "ends_at": F("during__endswith"), "what": "label",
    }  # fmt: skip

    def rows(self) -> QuerySet[Slot]:
        return own_slots(self.actor).order_by("-pk")

    @extend_schema(operation_id="consultant_calendar", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Visits, course dates and time away of those that you are, or for whose provider you act; newest first."""
        return self.page()
