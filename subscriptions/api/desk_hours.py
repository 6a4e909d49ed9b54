"""The hours of the service desk, for programs."""

from datetime import time
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from marketplace.core.wording import london_day
from subscriptions.desk.models import DeskHours
from subscriptions.desk.queries import require_desk
from subscriptions.desk.rules.promises import DEFAULT_CAP_PERCENT
from subscriptions.desk.terms import desk_terms, own_promises_on, set_desk_hours

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"


class NewDeskHours(serializers.Serializer[Any]):
    """From which day on the desk is staffed when."""

    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7, help_text="Monday is 0."
    )
    opens = serializers.RegexField(_CLOCK, help_text="08:30")
    closes = serializers.RegexField(_CLOCK, help_text="16:30")
    valid_from = serializers.DateField(help_text="Tomorrow or later.")
    credit_cap_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, default=DEFAULT_CAP_PERCENT,
        help_text="Of a month's price, the most that comes back when promises are not kept.",
    )  # fmt: skip


class DeskHoursRow(serializers.Serializer[Any]):
    """Hours from one day to another (half-open)."""

    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    opens = serializers.CharField(help_text="08:30")
    closes = serializers.CharField(help_text="16:30")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    words = serializers.CharField(help_text="8:30am to 4:30pm, Monday to Friday")


class DeskHoursView(ApiView):
    """The hours of the desk."""

    area = "organisations"

    @extend_schema(operation_id="desk_hours", responses=DeskHoursRow(many=True), tags=["tickets"])
    def get(self, request: Request) -> Response:
        """Every set of hours that was set, earliest first; without any the usual ones hold. Organisers and finance."""
        require_desk(self.actor)
        return Response([_row(one) for one in DeskHours.objects.order_by("valid_from")])

    @extend_schema(operation_id="desk_hours_set", request=NewDeskHours, responses={201: DeskHoursRow}, tags=["tickets"])
    def post(self, request: Request) -> Response:
        """Sets the hours from a day that is still to come; those set for later days are replaced, the promises stay."""
        require_desk(self.actor)
        given = self.read(NewDeskHours)
        given |= {name: time.fromisoformat(given[name]) for name in ("opens", "closes")}
        made = set_desk_hours(
            **given, promises=own_promises_on(given["valid_from"]), on=london_day(timezone.now()), actor=self.actor
        )
        return Response(_row(made), status=201)


def _row(one: DeskHours) -> dict[str, Any]:
    return {
        "weekdays": one.weekdays, "opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}", "valid_from": one.valid_from,
        "valid_to": one.valid_to, "words": desk_terms().words(one.valid_from),
    }  # fmt: skip
