"""Course dates for organisers: how full they are, confirming, moving, cancelling, writing to everybody."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes, confirm_run
from marketplace.core.api.numbers import counted
from marketplace.core.api.views import ApiView, ListView
from marketplace.trading.models import RunMessage
from marketplace.trading.rules.fill import Standing
from marketplace.trading.running_queries import date_for, dates_for, figures_of, in_standing, letters_for, told_of
from marketplace.trading.services import cancel_date, message_date, move_date, preview_cancelling
from marketplace.trading.services.running import Cancelling

MAX_MEETINGS = 40


class DateFilters(FilterSet):
    """By course, standing and first day."""

    offer = CharFilter(field_name="offer__code", max_length=60)
    standing = ChoiceFilter(choices=[(one.value, one.value) for one in Standing], method="stands")
    first = DateFilter(field_name="starts_at", lookup_expr="date__gte", help_text="Beginning on or after this day.")
    last = DateFilter(field_name="starts_at", lookup_expr="date__lte", help_text="Beginning on or before this day.")

    class Meta:
        model = CourseRun
        fields: list[str] = []

    def stands(self, queryset: QuerySet[CourseRun], name: str, value: str) -> QuerySet[CourseRun]:
        return in_standing(queryset, Standing(value), timezone.localdate())


class CourseDateRow(serializers.Serializer[Any]):
    """One course date."""

    code = serializers.CharField()
    offer = serializers.CharField()
    title = serializers.CharField()
    mode = serializers.ChoiceField(choices=CourseRun.Mode.choices)
    venue = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    capacity = serializers.IntegerField(min_value=1)
    taken = serializers.IntegerField(min_value=0)
    min_numbers = serializers.IntegerField(allow_null=True)
    decide_by = serializers.DateField(allow_null=True)
    confirmed_on = serializers.DateField(allow_null=True)
    cancelled_on = serializers.DateField(allow_null=True)
    sequence = serializers.IntegerField(help_text="Grows when it is moved or cancelled; say it to move or cancel.")


class CourseDateSerializer(CourseDateRow):
    """One course date with its figures."""

    standing = serializers.ChoiceField(choices=[(one.value, one.value) for one in Standing])
    waiting = serializers.IntegerField(help_text="Places that schools on its waiting list want.")
    held = serializers.IntegerField(help_text="Places kept for orders that wait for an approval.")
    charged_pence = serializers.IntegerField(help_text="Before VAT, net of what was taken off or credited.")
    cost_pence = serializers.IntegerField()
    break_even_places = serializers.IntegerField(allow_null=True)


class SchoolBackSerializer(serializers.Serializer[Any]):
    """What one school gets back."""

    name = serializers.CharField()
    places = serializers.IntegerField()
    included = serializers.IntegerField()
    back_pence = serializers.IntegerField(help_text="Before VAT.")
    back_gross_pence = serializers.IntegerField()


class CancellingSerializer(serializers.Serializer[Any]):
    """All that cancelling does, or did."""

    places = serializers.IntegerField()
    back_pence = serializers.IntegerField(help_text="Before VAT.")
    back_gross_pence = serializers.IntegerField()
    orders_withdrawn = serializers.ListField(child=serializers.CharField())
    waiting = serializers.IntegerField(help_text="Schools on the waiting list, which is closed.")
    schools = SchoolBackSerializer(many=True)


class CancelDateRequest(serializers.Serializer[Any]):
    """What you were told: another date or another sum cancels nothing."""

    sequence = counted()
    expected_back_pence = serializers.IntegerField(min_value=0, max_value=10**13)
    reason = serializers.CharField(max_length=200, help_text="Read by those who booked. Do not name people.")


class MeetingRequest(serializers.Serializer[Any]):
    """When one meeting is held."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    venue = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class MoveDateRequest(serializers.Serializer[Any]):
    """Where and when it is held instead."""

    sequence = counted()
    meetings = serializers.ListField(child=MeetingRequest(), min_length=1, max_length=MAX_MEETINGS)
    venue = serializers.CharField(max_length=120, allow_blank=True)
    mode = serializers.ChoiceField(choices=CourseRun.Mode.choices)
    free_cancelling_until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Five working days from today unless said."
    )


class DateMessageRow(serializers.Serializer[Any]):
    """What was written to everybody."""

    subject = serializers.CharField()
    text = serializers.CharField()
    readers = serializers.IntegerField(help_text="To how many addresses.")
    sent_at = serializers.DateTimeField()


class DateMessageRequest(serializers.Serializer[Any]):
    """A message to everybody with a place. Do not name pupils."""

    subject = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=4000)


def _cancelling(found: Cancelling) -> dict[str, Any]:
    return {
        "places": found.places,
        "back_pence": found.back_net.pence,
        "back_gross_pence": found.back_gross.pence,
        "orders_withdrawn": found.orders_withdrawn,
        "waiting": found.waiting,
        "schools": [
            {
                "name": one.name,
                "places": one.places,
                "included": one.included,
                "back_pence": one.back.net.pence,
                "back_gross_pence": one.back.gross.pence,
            }
            for one in found.schools
        ],
    }


_COLUMNS = {"code": "code", "offer": "offer__code", "title": "offer__title"} | {
    name: name
    for name in (
        "mode", "venue", "starts_at", "ends_at", "capacity", "taken", "min_numbers", "decide_by", "confirmed_on",
        "cancelled_on", "sequence",
    )
}  # fmt: skip


def _shown(run: CourseRun) -> dict[str, Any]:
    figures = figures_of([run], timezone.localdate())[run.pk]
    plain = {name: getattr(run, where) for name, where in _COLUMNS.items() if "__" not in where}
    return plain | {
        "offer": run.offer.code,
        "title": run.offer.title,
        "standing": figures.standing.value,
        "waiting": figures.fill.waiting,
        "held": figures.held,
        "charged_pence": figures.revenue_pence,
        "cost_pence": figures.cost_pence,
        "break_even_places": figures.break_even,
    }


class CourseDatesView(ListView):
    """Every course date, for organisers."""

    area = "orders"
    serializer_class = CourseDateRow
    filterset_class = DateFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[CourseRun]:
        return dates_for(self.actor)

    @extend_schema(operation_id="course_dates", tags=["course dates"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every course date, the last added first. For organisers."""
        return self.page()


class CourseDateView(ApiView):
    """One course date."""

    area = "orders"

    @extend_schema(operation_id="course_date", responses=CourseDateSerializer, tags=["course dates"])
    def get(self, request: Request, code: str) -> Response:
        """One date with its figures: how full, what is charged, from how many places on it pays."""
        return Response(_shown(date_for(self.actor, code)))


class ConfirmationView(ApiView):
    """Confirming a date."""

    area = "orders"

    @extend_schema(
        operation_id="course_date_confirm", request=None, responses=CourseDateSerializer, tags=["course dates"]
    )
    def post(self, request: Request, code: str) -> Response:
        """The date takes place, whatever its numbers; everybody with a place is told."""
        confirm_run(run=date_for(self.actor, code), on=timezone.localdate(), actor=self.actor)
        return Response(_shown(date_for(self.actor, code)))


class DateCancellationView(ApiView):
    """Cancelling a date."""

    area = "orders"

    @extend_schema(operation_id="course_date_cancellation", responses=CancellingSerializer, tags=["course dates"])
    def get(self, request: Request, code: str) -> Response:
        """What cancelling would do today."""
        return Response(_cancelling(preview_cancelling(run=date_for(self.actor, code), actor=self.actor)))

    @extend_schema(
        operation_id="course_date_cancel",
        request=CancelDateRequest,
        responses=CancellingSerializer,
        tags=["course dates"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Cancels the date with everything back, or does nothing (409) where it or the sum changed."""
        given = self.read(CancelDateRequest)
        run = date_for(self.actor, code)
        return Response(_cancelling(cancel_date(run=run, on=timezone.localdate(), actor=self.actor, **given)))


class DateMoveView(ApiView):
    """Moving a date."""

    area = "orders"

    @extend_schema(
        operation_id="course_date_move", request=MoveDateRequest, responses=CourseDateSerializer, tags=["course dates"]
    )
    def post(self, request: Request, code: str) -> Response:
        """Other times, another venue or mode, at no cost to anybody; everybody is told."""
        given = self.read(MoveDateRequest)
        given["meetings"] = [MeetingTimes(**one) for one in given["meetings"]]
        given["mode"] = CourseRun.Mode(given["mode"])
        move_date(run=date_for(self.actor, code), on=timezone.localdate(), actor=self.actor, **given)
        return Response(_shown(date_for(self.actor, code)))


class DateMessagesView(ListView):
    """Messages to everybody on a date."""

    area = "orders"
    serializer_class = DateMessageRow
    columns = {"subject": "subject", "text": "text", "readers": "readers", "sent_at": "sent_at"}

    def rows(self) -> QuerySet[RunMessage]:
        return letters_for(self.actor).filter(run=date_for(self.actor, self.kwargs["code"]))

    def rows_model(self) -> Any:
        return RunMessage.objects

    @extend_schema(operation_id="course_date_messages", tags=["course dates"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was written to everybody on this date, latest first."""
        return self.page()

    @extend_schema(
        operation_id="course_date_write", request=DateMessageRequest, responses=DateMessageRow, tags=["course dates"]
    )
    def post(self, request: Request, code: str) -> Response:
        """Writes to everybody with a place, once for an Idempotency-Key."""
        run = date_for(self.actor, code)
        given = self.read(DateMessageRequest)
        sent = message_date(run=run, key=uuid.uuid4(), expected_readers=len(told_of(run)), actor=self.actor, **given)
        return Response({name: getattr(sent, name) for name in self.columns})
