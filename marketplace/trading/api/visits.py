"""Visits of consultants: the list, one, its record, the school's answer and the provider's to a query."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.visits import (
    DONE_LIMIT,
    MOST_MILES,
    REASON_LIMIT,
    agree_visit,
    answer_query,
    query_visit,
    write_up,
)
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import net_of_each, visit_date_for, visit_dates_for

STATES = [choice for choice in EngagementDate.State.choices if choice[0] != EngagementDate.State.CANCELLED]


class VisitFilters(FilterSet):
    """By state, and by booking."""

    state = ChoiceFilter(choices=STATES)
    booking = CharFilter(field_name="engagement__number")

    class Meta:
        model = EngagementDate
        fields: list[str] = []


class VisitRow(serializers.Serializer[Any]):
    """One visit. ``number`` is its number within the booking; it is charged when its state is ``agreed``."""

    booking = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    school = serializers.CharField()
    consultant = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=5, decimal_places=2)
    state = serializers.ChoiceField(choices=STATES)
    agree_by = serializers.DateField(
        allow_null=True, help_text="Last day to answer; without an answer it counts as agreed the day after."
    )


class VisitDetail(VisitRow):
    """One visit with its record and what it comes to before VAT, over all schools that share it."""

    done = serializers.CharField(allow_blank=True)
    next_steps = serializers.CharField(allow_blank=True)
    miles = serializers.IntegerField()
    query_reason = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True)
    taken = serializers.BooleanField(help_text="Whether nobody answered in time, so that it counts as agreed.")
    net_pence = serializers.IntegerField()


class VisitRecordRequest(serializers.Serializer[Any]):
    """What was done. Do not name pupils."""

    done = serializers.CharField(max_length=DONE_LIMIT)
    next_steps = serializers.CharField(max_length=DONE_LIMIT, allow_blank=True, default="")
    miles = serializers.IntegerField(min_value=0, max_value=MOST_MILES, default=0)


class VisitAgreementRequest(serializers.Serializer[Any]):
    """A rating, where the school gives one."""

    rating = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, default=None)


class VisitQueryRequest(serializers.Serializer[Any]):
    """What is not right."""

    reason = serializers.CharField(max_length=REASON_LIMIT)


class VisitAnswerRequest(serializers.Serializer[Any]):
    """The provider's answer; with ``quantity`` it charges less, without it stands by the record."""

    answer = serializers.CharField(max_length=REASON_LIMIT)
    quantity = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        allow_null=True,
        default=None,
    )


_COLUMNS = {
    "booking": "engagement__number",
    "number": "ordinal",
    "title": "engagement__title",
    "school": "engagement__school__number",
    "consultant": "engagement__consultant__code",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "unit": "engagement__unit",
    "quantity": "quantity",
    "state": "state",
    "agree_by": "visit__agree_by",
}


def _detail(date_: EngagementDate) -> dict[str, Any]:
    booking, visit = date_.engagement, getattr(date_, "visit", None)
    shown = visit if visit is not None and visit.state != Visit.State.DRAFT else Visit()
    return {
        "booking": booking.number,
        "number": date_.ordinal,
        "title": booking.title,
        "school": booking.school.number,
        "consultant": booking.consultant.code,
        "starts_at": date_.starts_at,
        "ends_at": date_.ends_at,
        "unit": booking.unit,
        "quantity": date_.quantity,
        "state": date_.state,
        "agree_by": shown.agree_by,
        "done": shown.done,
        "next_steps": shown.next_steps,
        "miles": shown.miles,
        "query_reason": shown.query_reason,
        "answer": shown.answer,
        "taken": shown.state == Visit.State.TAKEN,
        "net_pence": net_of_each([date_])[date_.pk],
    }


class VisitsView(ListView):
    """Visits that the caller delivers or that its schools booked; the partnership's staff see all."""

    area = "orders"
    serializer_class = VisitRow
    filterset_class = VisitFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[EngagementDate]:
        return visit_dates_for(self.actor)

    @extend_schema(operation_id="visits", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Visits to come and made, latest first."""
        return self.page()


class _OneVisit(ApiView):
    area = "orders"

    def written(self, number: str, ordinal: int) -> Visit:
        """The visit, where it was handed in; NotFound otherwise."""
        visit: Visit | None = getattr(visit_date_for(self.actor, number, ordinal), "visit", None)
        if visit is None or visit.state == Visit.State.DRAFT:
            raise NotFound("This visit was not written up yet.")
        return visit

    def detail(self, number: str, ordinal: int) -> Response:
        return Response(_detail(visit_date_for(self.actor, number, ordinal)))

    @property
    def today(self) -> date:
        return timezone.localdate()


class VisitView(_OneVisit):
    """One visit."""

    @extend_schema(operation_id="visit", responses=VisitDetail, tags=["consultants"])
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """The visit with its record and its price before VAT."""
        return self.detail(number, ordinal)


class VisitRecordView(_OneVisit):
    """The record of a visit."""

    @extend_schema(
        operation_id="visit_write_up", request=VisitRecordRequest, responses=VisitDetail, tags=["consultants"]
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Sends the record to the school, from the day of the visit on. The consultant and the provider may."""
        given = self.read(VisitRecordRequest)
        write_up(date=visit_date_for(self.actor, number, ordinal), on=self.today, actor=self.actor, **given)
        return self.detail(number, ordinal)


class VisitAgreementView(_OneVisit):
    """The school's agreement to a visit."""

    @extend_schema(
        operation_id="visit_agree", request=VisitAgreementRequest, responses=VisitDetail, tags=["consultants"]
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Agrees the visit, which charges it. Whoever wrote it up may not."""
        given = self.read(VisitAgreementRequest)
        agree_visit(visit=self.written(number, ordinal), on=self.today, actor=self.actor, **given)
        return self.detail(number, ordinal)


class VisitQueryView(_OneVisit):
    """The school's query of a visit."""

    @extend_schema(operation_id="visit_query", request=VisitQueryRequest, responses=VisitDetail, tags=["consultants"])
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Queries the visit with a reason; nothing is charged until it is settled."""
        given = self.read(VisitQueryRequest)
        query_visit(visit=self.written(number, ordinal), on=self.today, actor=self.actor, **given)
        return self.detail(number, ordinal)


class VisitAnswerView(_OneVisit):
    """The provider's answer to a query."""

    @extend_schema(operation_id="visit_answer", request=VisitAnswerRequest, responses=VisitDetail, tags=["consultants"])
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Charges less, which gives the school its time anew, or stands by the record."""
        given = self.read(VisitAnswerRequest)
        answer_query(visit=self.written(number, ordinal), on=self.today, actor=self.actor, **given)
        return self.detail(number, ordinal)
