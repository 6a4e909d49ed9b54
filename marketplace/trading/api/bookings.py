"""Places on course dates: who comes, and what cancelling costs."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Actor
from marketplace.core.api.errors import ErrorSerializer
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.trading.models import Booking
from marketplace.trading.queries import booking_for, bookings_for, sees_names
from marketplace.trading.rules.cancelling import CancellationResult
from marketplace.trading.services import (
    cancel_booking,
    cancellation_result,
    change_delegate,
    not_attended_fee,
    substitution_last_day,
)


class ConsequenceChanged(DomainError):
    """Cancelling does something else than the caller saw. ``now`` is what comes back, ``fee`` what it costs, before VAT."""

    code = "consequence_changed"


class BookingFilters(FilterSet):
    """By school, date and state."""

    school = CharFilter(field_name="school__number", max_length=12)
    run = CharFilter(field_name="run__code", max_length=60)
    state = ChoiceFilter(choices=Booking.State.choices)

    class Meta:
        model = Booking
        fields: list[str] = []


class BookingRow(serializers.Serializer[Any]):
    """One place. What a person needs is told to organisers only, on their own page."""

    id = serializers.IntegerField()
    order = serializers.CharField()
    offer = serializers.CharField()
    run = serializers.CharField()
    starts_at = serializers.DateTimeField()
    school = serializers.CharField()
    delegate_name = serializers.CharField(allow_blank=True)
    included = serializers.BooleanField()
    net_pence = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Booking.State.choices)


class RungSerializer(serializers.Serializer[Any]):
    """Cancelling from ``first`` to ``last``, both included; an empty end is open. Before VAT."""

    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    percent = serializers.CharField()
    back_pence = serializers.IntegerField()
    kept_pence = serializers.IntegerField()
    fee_pence = serializers.IntegerField(help_text="A new item to invoice, for a place without a price.")
    today = serializers.BooleanField()


class ConsequenceSerializer(serializers.Serializer[Any]):
    """What cancelling does, or did."""

    sentence = serializers.CharField()
    back_pence = serializers.IntegerField(help_text="Before VAT.")
    back_gross_pence = serializers.IntegerField()
    kept_pence = serializers.IntegerField(help_text="Before VAT.")
    fee_pence = serializers.IntegerField(help_text="Before VAT: a new item to invoice, for a place without a price.")
    fee_gross_pence = serializers.IntegerField()
    not_attended_pence = serializers.IntegerField(help_text="Before VAT: the fee if nobody comes.", required=False)
    substitution_until = serializers.DateField(help_text="The last day for sending somebody else.", required=False)
    place_returned = serializers.BooleanField()
    free_until = serializers.DateField(allow_null=True)
    steps = RungSerializer(many=True)


class CancelRequest(serializers.Serializer[Any]):
    """What you were told would come back and what it would cost, before VAT: another result cancels nothing."""

    expected_back_pence = serializers.IntegerField(min_value=0, max_value=10**13)
    expected_fee_pence = serializers.IntegerField(min_value=0, max_value=10**13, default=0)


class DelegateRequest(serializers.Serializer[Any]):
    """Who comes."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(
        max_length=254, required=False, allow_blank=True, help_text="If they sign in there, the place is theirs to see."
    )


_COLUMNS = {
    "id": "id",
    "order": "order_line__order__number",
    "offer": "order_line__offer__code",
    "run": "run__code",
    "starts_at": "run__starts_at",
    "school": "school__number",
    "delegate_name": "delegate_name",
    "included": "included",
    "net_pence": "net_pence",
    "state": "state",
}


def _consequence(result: CancellationResult) -> dict[str, Any]:
    return {
        "sentence": result.sentence,
        "back_pence": result.back.pence,
        "back_gross_pence": result.back_with_vat.gross.pence,
        "kept_pence": result.kept.pence,
        "fee_pence": result.fee.pence,
        "fee_gross_pence": result.fee_with_vat.gross.pence,
        "place_returned": result.place_returned,
        "free_until": result.free_until,
        "steps": [
            {
                "first": step.first,
                "last": step.last,
                "percent": f"{step.percent.normalize():f}",
                "back_pence": step.back.pence,
                "kept_pence": step.kept.pence,
                "fee_pence": step.fee.pence,
                "today": step.today,
            }
            for step in result.steps
        ],
    }


def _row(actor: Actor, booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.pk,
        "order": booking.order_line.order.number,
        "offer": booking.order_line.offer.code,
        "run": booking.run.code,
        "starts_at": booking.run.starts_at,
        "school": booking.school.number,
        "delegate_name": booking.delegate_name if sees_names(actor) else "",
        "included": booking.included,
        "net_pence": booking.net_pence,
        "state": booking.state,
    }


class BookingsView(ListView):
    """Places of the caller's schools."""

    area = "orders"
    serializer_class = BookingRow
    filterset_class = BookingFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Booking]:
        return bookings_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows if sees_names(self.actor) else [{**row, "delegate_name": ""} for row in rows]

    @extend_schema(operation_id="bookings", tags=["bookings"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Places booked for your schools, latest first."""
        return self.page()


class BookingView(ApiView):
    """One place."""

    area = "orders"

    @extend_schema(operation_id="booking", responses=BookingRow, tags=["bookings"])
    def get(self, request: Request, pk: int) -> Response:
        """One place."""
        return Response(_row(self.actor, booking_for(self.actor, pk)))


class CancellationView(ApiView):
    """Cancelling a place."""

    area = "orders"

    @extend_schema(
        operation_id="booking_cancellation",
        responses={
            200: ConsequenceSerializer, 409: OpenApiResponse(ErrorSerializer, "It can no longer be cancelled; the message says why"),
        },
        tags=["bookings"],
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        """What cancelling today would do, with the ladder of dates. Refused (409) when it can no longer be cancelled."""
        booking = booking_for(self.actor, pk)
        result = cancellation_result(booking=booking, on=timezone.localdate())
        further = {
            "not_attended_pence": not_attended_fee(booking=booking).pence,
            "substitution_until": substitution_last_day(booking),
        }
        return Response(_consequence(result) | further)

    @extend_schema(
        operation_id="booking_cancel", request=CancelRequest, responses=ConsequenceSerializer, tags=["bookings"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Cancels the place; what comes back is credited at once."""
        given = self.read(CancelRequest)
        result = cancel_booking(booking=booking_for(self.actor, pk), on=timezone.localdate(), actor=self.actor)
        expected = given["expected_back_pence"], given["expected_fee_pence"]
        if (result.back.pence, result.fee.pence) != expected:  # raising takes the cancelling back
            back, fee = (Money(pence) for pence in expected)
            raise ConsequenceChanged(
                f"Cancelling gives {result.back} back and costs a fee of {result.fee} before VAT, not {back} and {fee}. "
                "Nothing is cancelled. Look at the consequence again.",
                now=result.back.pence,
                fee=result.fee.pence,
            )
        return Response(_consequence(result))


class DelegateView(ApiView):
    """Who comes."""

    area = "orders"

    @extend_schema(operation_id="booking_delegate", request=DelegateRequest, responses=BookingRow, tags=["bookings"])
    def put(self, request: Request, pk: int) -> Response:
        """Names who comes, or sends someone else, at no cost."""
        given = self.read(DelegateRequest)
        booking = booking_for(self.actor, pk)
        change_delegate(booking=booking, on=timezone.localdate(), actor=self.actor, **given)
        return Response(_row(self.actor, booking_for(self.actor, pk)))
