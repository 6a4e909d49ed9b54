"""Waivers: what a cancellation policy kept of a place is asked back."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.rules.cancellation import WAIVER_REASONS
from marketplace.core.api.binary import TakesFiles, json_or_form, uploaded
from marketplace.core.api.views import ApiView, ListView
from marketplace.trading.models import Waiver
from marketplace.trading.queries import booking_for
from marketplace.trading.services import ask_waiver, decide_waiver
from marketplace.trading.services.waivers import ANSWER_LIMIT
from marketplace.trading.waiver_queries import waiver_for, waivers_for


class WaiverFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=Waiver.State.choices)

    class Meta:
        model = Waiver
        fields: list[str] = []


class WaiverRow(serializers.Serializer[Any]):
    """One waiver. Amounts are before VAT."""

    id = serializers.IntegerField()
    booking = serializers.IntegerField()
    order = serializers.CharField()
    run = serializers.CharField()
    school = serializers.CharField()
    reason = serializers.CharField()
    asked_on = serializers.DateField()
    state = serializers.ChoiceField(choices=Waiver.State.choices)
    kept_pence = serializers.IntegerField()
    given_pence = serializers.IntegerField()
    decided_on = serializers.DateField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    evidence = serializers.IntegerField(allow_null=True, help_text="For organisers: its content is at `/files/{id}`.")


class WaiverRequest(serializers.Serializer[Any]):
    """Why: one of the reasons that the policy of the place allows."""

    reason = serializers.ChoiceField(choices=list(WAIVER_REASONS.items()))


class WaiverForm(WaiverRequest):
    """The same with what shows it, for organisers alone."""

    evidence = serializers.FileField(required=False, allow_empty_file=True)


class WaiverDecisionRequest(serializers.Serializer[Any]):
    """What an organiser decides; refusing needs an answer."""

    grant = serializers.BooleanField()
    answer = serializers.CharField(allow_blank=True, default="", max_length=ANSWER_LIMIT)


_COLUMNS = {
    "id": "id",
    "booking": "booking_id",
    "order": "booking__order_line__order__number",
    "run": "booking__run__code",
    "school": "booking__school__number",
    "reason": "reason",
    "asked_on": "asked_on",
    "state": "state",
    "kept_pence": "kept_pence",
    "given_pence": "given_pence",
    "decided_on": "decided_on",
    "answer": "answer",
    "evidence": "evidence_id",
}


def _row(waiver: Waiver) -> dict[str, Any]:
    booking = waiver.booking
    return {
        "id": waiver.pk,
        "booking": booking.pk,
        "order": booking.order_line.order.number,
        "run": booking.run.code,
        "school": booking.school.number,
        "reason": waiver.reason,
        "asked_on": waiver.asked_on,
        "state": waiver.state,
        "kept_pence": waiver.kept_pence,
        "given_pence": waiver.given_pence,
        "decided_on": waiver.decided_on,
        "answer": waiver.answer,
        "evidence": waiver.evidence_id,
    }


class WaiversView(ListView):
    """Waivers of the caller's places; organisers see all."""

    area = "orders"
    serializer_class = WaiverRow
    filterset_class = WaiverFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Waiver]:
        return waivers_for(self.actor)

    @extend_schema(operation_id="waivers", tags=["bookings"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Waivers that were asked for or given, newest first."""
        return self.page()


class BookingWaiversView(TakesFiles):
    """The waiver of one place."""

    area = "orders"

    @extend_schema(
        operation_id="booking_waiver_ask", request=json_or_form(WaiverRequest, WaiverForm),
        responses={201: WaiverRow}, tags=["bookings"],
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Asks that what the policy keeps is waived. A place that still stands is cancelled with it. In a form also
        with evidence, a PDF or a picture that organisers alone see."""
        given = self.read_either(WaiverRequest, WaiverForm)
        evidence, name = uploaded(given, "evidence")
        booking = booking_for(self.actor, pk)
        waiver = ask_waiver(
            booking=booking, reason=given["reason"], evidence=evidence, evidence_name=name, on=timezone.localdate(),
            actor=self.actor,
        )  # fmt: skip
        return Response(_row(waiver), status=201)


class WaiverDecisionView(ApiView):
    """The decision on a waiver, for organisers."""

    area = "orders"

    @extend_schema(operation_id="waiver_decide", request=WaiverDecisionRequest, responses=WaiverRow, tags=["bookings"])
    def post(self, request: Request, pk: int) -> Response:
        """Grants it, so that what was kept comes back, or refuses with an answer. Whoever asked does not decide."""
        given = self.read(WaiverDecisionRequest)
        waiver = waiver_for(self.actor, pk)
        return Response(_row(decide_waiver(waiver=waiver, on=timezone.localdate(), actor=self.actor, **given)))
