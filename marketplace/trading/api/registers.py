"""Registers of course dates for organisers, and one's own record of professional development."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import Meeting
from marketplace.core.api.numbers import row_id
from marketplace.core.api.views import ApiView
from marketplace.core.money import Money
from marketplace.trading.models import Attendance, Register
from marketplace.trading.queries_of_days import meeting_for, record_of, register_rows
from marketplace.trading.services import close_register, closing_preview, mark_register


class MarkSerializer(serializers.Serializer[Any]):
    """One place and how it is marked; ``name`` is who comes."""

    booking = row_id()
    name = serializers.CharField(allow_blank=True, read_only=True)
    school = serializers.CharField(read_only=True)
    mark = serializers.ChoiceField(choices=Attendance.State.choices)


class RegisterSerializer(serializers.Serializer[Any]):
    """The register of one meeting."""

    course_date = serializers.CharField()
    meeting = serializers.IntegerField(min_value=1)
    starts_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=Register.State.choices)
    missing = serializers.IntegerField(help_text="Not marked yet.")
    fee_pence = serializers.IntegerField(help_text="What closing it would invoice, before VAT.")
    marks = MarkSerializer(many=True)


class MarksRequest(serializers.Serializer[Any]):
    """Marks to set; places that are not named keep theirs."""

    marks = MarkSerializer(many=True, allow_empty=False)


class ClosingRequest(serializers.Serializer[Any]):
    """What you were told would be invoiced, before VAT: another sum closes nothing."""

    expected_fee_pence = serializers.IntegerField(min_value=0, max_value=10**13)


class RecordLineSerializer(serializers.Serializer[Any]):
    """A course attended, or what you wrote in yourself."""

    held_on = serializers.DateField()
    title = serializers.CharField()
    provider = serializers.CharField(allow_blank=True)
    themes = serializers.ListField(child=serializers.CharField())
    minutes = serializers.IntegerField(min_value=1)
    school = serializers.CharField(allow_blank=True)
    certificate = serializers.CharField(allow_blank=True)


def _register(meeting: Meeting) -> dict[str, Any]:
    held = getattr(meeting, "register", None)
    closed = held is not None and held.state == Register.State.CLOSED
    preview = None if closed else closing_preview(meeting=meeting)
    return {
        "course_date": meeting.run.code,
        "meeting": meeting.position,
        "starts_at": meeting.starts_at,
        "state": held.state if held else Register.State.OPEN.value,
        "missing": preview.missing if preview else 0,
        "fee_pence": preview.fee.pence if preview else 0,
        "marks": [
            {
                "booking": row.booking.pk,
                "name": row.booking.delegate_name,
                "school": row.booking.school.number,
                "mark": row.mark,
            }
            for row in register_rows(meeting)
        ],
    }


class RegisterView(ApiView):
    """The register of one meeting of a course date."""

    area = "orders"

    @extend_schema(operation_id="register", responses=RegisterSerializer, tags=["course dates"])
    def get(self, request: Request, code: str, meeting: int) -> Response:
        """Who has a place and how each is marked. For organisers."""
        return Response(_register(meeting_for(self.actor, code, meeting)))

    @extend_schema(
        operation_id="register_mark", request=MarksRequest, responses=RegisterSerializer, tags=["course dates"]
    )
    def put(self, request: Request, code: str, meeting: int) -> Response:
        """Marks places, from the day of the meeting until its register is closed."""
        found = meeting_for(self.actor, code, meeting)
        marks = {row["booking"]: row["mark"] for row in self.read(MarksRequest)["marks"]}
        mark_register(meeting=found, marks=marks, at=timezone.now(), actor=self.actor)
        return Response(_register(meeting_for(self.actor, code, meeting)))


class RegisterClosingView(ApiView):
    """Closing a register."""

    area = "orders"

    @extend_schema(
        operation_id="register_close", request=ClosingRequest, responses=RegisterSerializer, tags=["course dates"]
    )
    def post(self, request: Request, code: str, meeting: int) -> Response:
        """Closes it. With the last one of a date fees are charged and certificates issued."""
        found = meeting_for(self.actor, code, meeting)
        expected = Money(self.read(ClosingRequest)["expected_fee_pence"])
        close_register(meeting=found, expected_fee=expected, on=timezone.localdate(), actor=self.actor)
        return Response(_register(meeting_for(self.actor, code, meeting)))


class OwnRecordView(ApiView):
    """One's own record."""

    area = "orders"

    @extend_schema(operation_id="cpd_record", responses=RecordLineSerializer(many=True), tags=["bookings"])
    def get(self, request: Request) -> Response:
        """What you attended, from whichever school, and what you wrote in yourself; newest first."""
        return Response(RecordLineSerializer(record_of(self.actor), many=True).data)
