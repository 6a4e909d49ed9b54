"""Moving a place to another date, and naming or cancelling several places of an order at once."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun
from marketplace.core.api.numbers import MOST_PENCE, pence_seen, row_id
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.trading.models import Booking
from marketplace.trading.queries import booking_for, order_for
from marketplace.trading.services import (
    Coming,
    SeveralResult,
    TransferResult,
    cancel_several,
    name_people,
    several_result,
    transfer_booking,
    transfer_result,
)
from marketplace.trading.services.delegates import EMAIL_LIMIT, NAME_LIMIT, NEEDS_LIMIT

MOST_PLACES = 500


class MoveQuestion(serializers.Serializer[Any]):
    """To which date."""

    run = serializers.SlugField(max_length=60)


class MoveRequest(MoveQuestion):
    """To which date, and what you saw it cost."""

    expected_difference_pence = pence_seen(-MOST_PENCE, help_text="``difference_pence`` of the preview, with VAT.")


class MoveSerializer(serializers.Serializer[Any]):
    """What moving today does, with VAT."""

    run = serializers.CharField()
    sentence = serializers.CharField()
    back_gross_pence = serializers.IntegerField()
    kept_pence = serializers.IntegerField(help_text="Of the old place, before VAT.")
    new_gross_pence = serializers.IntegerField()
    difference_pence = serializers.IntegerField(help_text="More to pay; below zero it comes back.")
    included = serializers.BooleanField()
    problem = serializers.CharField(allow_blank=True)


class MovedSerializer(serializers.Serializer[Any]):
    """The new place."""

    booking = serializers.IntegerField()
    order = serializers.CharField()
    run = serializers.CharField()


class PersonRequest(serializers.Serializer[Any]):
    """Who comes to one place. What is left out stays."""

    booking = row_id()
    name = serializers.CharField(max_length=NAME_LIMIT, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=EMAIL_LIMIT, required=False, allow_blank=True)
    needs = serializers.CharField(
        max_length=NEEDS_LIMIT, required=False, allow_blank=True, help_text="For the organisers alone; never read back."
    )


class PeopleRequest(serializers.Serializer[Any]):
    """Several people at once."""

    people = serializers.ListField(child=PersonRequest(), min_length=1, max_length=MOST_PLACES)


class PeopleSerializer(serializers.Serializer[Any]):
    """How many were named or changed."""

    named = serializers.IntegerField()


class PlacesQuestion(serializers.Serializer[Any]):
    """Which places."""

    bookings = serializers.ListField(child=row_id(), min_length=1, max_length=MOST_PLACES)


class PlacesRequest(PlacesQuestion):
    """Which places, and the total that you saw."""

    expected_total_pence = pence_seen(-MOST_PENCE, help_text="``total_pence`` of the preview, with VAT.")


class SeveralSerializer(serializers.Serializer[Any]):
    """What cancelling several places does."""

    places = serializers.IntegerField()
    total_pence = serializers.IntegerField(help_text="What comes back less fees, with VAT.")
    back_gross_pence = serializers.IntegerField()
    fee_gross_pence = serializers.IntegerField()
    kept_pence = serializers.IntegerField(help_text="What stays owed, before VAT.")
    returned = serializers.IntegerField(help_text="Included places that may be used again.")


def _run(code: str) -> CourseRun:
    found = CourseRun.objects.select_related("offer").filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no date {code}.")
    return found


def _move_body(result: TransferResult) -> dict[str, Any]:
    return {
        "run": result.run.code,
        "sentence": result.sentence,
        "back_gross_pence": result.old.back_with_vat.gross.pence,
        "kept_pence": result.old.kept.pence,
        "new_gross_pence": result.new.gross.pence,
        "difference_pence": result.difference_pence,
        "included": result.included,
        "problem": result.problem,
    }


class MoveView(ApiView):
    """What a move would do."""

    area = "orders"

    @extend_schema(
        operation_id="booking_move_preview", request=MoveQuestion, responses=MoveSerializer, tags=["bookings"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """What moving the place to another date of its course would do today. Changes nothing."""
        given = self.read(MoveQuestion)
        booking = booking_for(self.actor, pk)
        found = transfer_result(booking=booking, run=_run(given["run"]), on=timezone.localdate(), actor=self.actor)
        return Response(_move_body(found))


class MovedView(ApiView):
    """A move."""

    area = "orders"

    @extend_schema(
        operation_id="booking_move", request=MoveRequest, responses={201: MovedSerializer}, tags=["bookings"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Moves the place: the old date is credited under its policy, the new one charged at today's price."""
        given = self.read(MoveRequest)
        made = transfer_booking(
            booking=booking_for(self.actor, pk),
            run=_run(given["run"]),
            expected_pence=given["expected_difference_pence"],
            on=timezone.localdate(),
            actor=self.actor,
        )
        return Response({"booking": made.pk, "order": made.order_line.order.number, "run": made.run.code}, status=201)


class OrderPeopleView(ApiView):
    """Who comes."""

    area = "orders"

    @extend_schema(operation_id="order_people", request=PeopleRequest, responses=PeopleSerializer, tags=["orders"])
    def put(self, request: Request, number: str) -> Response:
        """Names who comes to several places of the order: all of them, or none where one is refused."""
        given = self.read(PeopleRequest)
        people = {
            one["booking"]: Coming(one.get("name", ""), one.get("email"), one.get("needs")) for one in given["people"]
        }
        order = order_for(self.actor, number)
        return Response({"named": name_people(order=order, people=people, on=timezone.localdate(), actor=self.actor)})


def _several_body(result: SeveralResult) -> dict[str, Any]:
    return {
        "places": len(result.places),
        "total_pence": result.total_pence,
        "back_gross_pence": result.back_pence,
        "fee_gross_pence": result.fee_pence,
        "kept_pence": result.kept.pence,
        "returned": result.returned,
    }


class OrderCancellationPreviewView(ApiView):
    """What cancelling several places would do."""

    area = "orders"

    @extend_schema(
        operation_id="order_cancellation_preview", request=PlacesQuestion, responses=SeveralSerializer, tags=["orders"]
    )
    def post(self, request: Request, number: str) -> Response:
        """What cancelling these places of the order would give back today. Changes nothing."""
        given = self.read(PlacesQuestion)
        bookings = _bookings(self, number, given["bookings"])
        return Response(_several_body(several_result(bookings=bookings, on=timezone.localdate())))


class OrderCancellationView(ApiView):
    """Cancelling several places."""

    area = "orders"

    @extend_schema(
        operation_id="order_cancellation", request=PlacesRequest, responses=SeveralSerializer, tags=["orders"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Cancels these places of the order: all of them, or none."""
        given = self.read(PlacesRequest)
        result = cancel_several(
            order=order_for(self.actor, number),
            bookings=_bookings(self, number, given["bookings"]),
            expected_pence=given["expected_total_pence"],
            on=timezone.localdate(),
            actor=self.actor,
        )
        return Response(_several_body(result))


def _bookings(view: ApiView, number: str, pks: list[int]) -> list[Booking]:
    """Places of the order, or NotFound where one of them is another order's."""
    order = order_for(view.actor, number)
    found = [booking_for(view.actor, pk) for pk in dict.fromkeys(pks)]
    if any(booking.order_line.order_id != order.pk for booking in found):
        raise NotFound("There is no such booking.")
    return found
