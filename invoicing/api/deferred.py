"""Deferred income: how it stands, the schedule of an invoice, and the release of what is due."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, pence, query_of, require_finance
from invoicing.api.documents import invoice_for
from invoicing.queries import require_finance_reader
from invoicing.recognition.queries import LineSchedule, outlook, schedules_of
from invoicing.recognition.release_job import start_release
from invoicing.recognition.releasing import due_for_release
from marketplace.core.api.jobs import JobSerializer, job_body
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError, WrongInput


class ReleaseChanged(DomainError):
    """What would be released is not what the caller saw."""

    code = "release_changed"


class MonthSerializer(serializers.Serializer[Any]):
    """What becomes income in a month, and what is still deferred at its end."""

    month = serializers.DateField(help_text="Its first day.")
    pence = serializers.IntegerField()
    left_pence = serializers.IntegerField()


class DeferredSerializer(serializers.Serializer[Any]):
    """Deferred income as it stands. ``due_pence`` is what a release up to ``on`` makes income."""

    on = serializers.DateField()
    pence = serializers.IntegerField()
    due_pence = serializers.IntegerField()
    told_pence = serializers.IntegerField(help_text="Income when it is used or verified.")
    months = MonthSerializer(many=True)


class PartSerializer(serializers.Serializer[Any]):
    """One part of a line's income."""

    on = serializers.DateField()
    pence = serializers.IntegerField()
    credited_pence = serializers.IntegerField(help_text="Taken back by credit notes.")
    state = serializers.ChoiceField(choices=["waiting", "released"])
    entry = serializers.IntegerField(allow_null=True, help_text="The ledger entry that made it income.")


class LineScheduleSerializer(serializers.Serializer[Any]):
    """When a line of an invoice becomes income."""

    position = serializers.IntegerField()
    recognition = serializers.ChoiceField(choices=["over_time", "on_date", "on_use", "on_verification"])
    pence = serializers.IntegerField()
    deferred_pence = serializers.IntegerField(help_text="What is still to become income.")
    parts = PartSerializer(many=True)


class IncomeScheduleSerializer(serializers.Serializer[Any]):
    """The deferred lines of an invoice; a line that was income at once is left out."""

    number = serializers.CharField()
    lines = LineScheduleSerializer(many=True)


class NewRelease(serializers.Serializer[Any]):
    """``expected_pence`` is the ``due_pence`` that was shown: with anything else nothing is released."""

    on = serializers.DateField()
    expected_pence = pence()


class DeferredIncomeView(ApiView):
    """Deferred income."""

    area = "ledger"

    @extend_schema(operation_id="deferred_income", parameters=[OnQuery], responses=DeferredSerializer, tags=["ledger"])
    def get(self, request: Request) -> Response:
        """Deferred income by month to come, and what is due up to a day. For finance and the auditor."""
        found = outlook(self.actor)
        on = query_of(request, OnQuery).get("on", timezone.localdate())
        return Response(
            {
                "on": on,
                "pence": found.pence,
                "due_pence": due_for_release(on=on).pence,
                "told_pence": found.told_pence,
                "months": [
                    {"month": month.first, "pence": month.pence, "left_pence": month.left_pence}
                    for month in found.months
                ],
            }
        )


class IncomeReleasesView(ApiView):
    """Releases of deferred income."""

    area = "invoices"

    @extend_schema(operation_id="income_release", request=NewRelease, responses={202: JobSerializer}, tags=["invoices"])
    def post(self, request: Request) -> Response:
        """Starts the job that makes income of everything due up to a day, today at the latest. One at a time."""
        require_finance_reader(self.actor)
        require_finance(self.actor, to="release deferred income")
        given = self.read(NewRelease)
        if given["on"] > timezone.localdate():
            raise WrongInput("Release up to today or a day in the past: what is to come is no income yet.")
        due = due_for_release(on=given["on"])
        if due.pence != given["expected_pence"]:
            raise ReleaseChanged(
                f"{due.pence} pence are due, not {given['expected_pence']}. Nothing was released. Look at it again."
            )
        return Response(job_body(start_release(due=due, actor=self.actor)), status=202)


class IncomeScheduleView(ApiView):
    """When an invoice becomes income."""

    area = "ledger"

    @extend_schema(operation_id="invoice_income_schedule", responses=IncomeScheduleSerializer, tags=["ledger"])
    def get(self, request: Request, number: str) -> Response:
        """The schedule of each deferred line, month by month, with what was released. For finance and the auditor."""
        require_finance_reader(self.actor)
        invoice = invoice_for(self.actor, number)
        found = schedules_of(self.actor, invoice.lines.values_list("pk", flat=True))
        return Response({"number": invoice.number, "lines": [_line(schedule) for schedule in found]})


def _line(schedule: LineSchedule) -> dict[str, Any]:
    deferral = schedule.deferral
    return {
        "position": deferral.line.position if deferral.line else 0,
        "recognition": deferral.pattern,
        "pence": deferral.pence,
        "deferred_pence": deferral.open_pence,
        "parts": [
            {
                "on": part.income_on,
                "pence": part.pence,
                "credited_pence": part.cancelled_pence + part.reversed_pence,
                "state": part.state,
                "entry": part.entry_id,
            }
            for part in schedule.parts
        ],
    }
