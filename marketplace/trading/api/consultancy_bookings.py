"""Consultant bookings: what was agreed, its dates, and the off-payroll determination."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.queries import date_for, engagement_for, engagements_for, releases_for
from marketplace.trading.engagements.requests import OffPayrollDetermination
from marketplace.trading.engagements.services.agreeing import NewDate
from marketplace.trading.engagements.services.cancelling import consequence_of
from marketplace.trading.engagements.services.dates import (
    add_date,
    cancel_booking,
    cancel_date,
    move_date,
    release_leader,
)
from marketplace.trading.engagements.services.ir35 import Ir35Answer, determine


class EngagementFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=Engagement.State.choices)

    class Meta:
        model = Engagement
        fields: list[str] = []


class EngagementRow(serializers.Serializer[Any]):
    """One booking. ``sell_pence`` is the school's price of one unit before VAT."""

    number = serializers.CharField()
    school = serializers.CharField()
    consultant = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=Engagement.State.choices)
    unit = serializers.ChoiceField(choices=Engagement.Unit.choices)
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2)
    sell_pence = serializers.IntegerField()
    mileage_pence = serializers.IntegerField()
    purchase_order = serializers.CharField(allow_blank=True)
    agreed_on = serializers.DateField()


class EngagementDateRow(serializers.Serializer[Any]):
    """One date; ``release`` is that of the consultant's own head."""

    ordinal = serializers.IntegerField()
    state = serializers.ChoiceField(choices=EngagementDate.State.choices)
    release = serializers.ChoiceField(choices=EngagementDate.Release.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    quantity = serializers.DecimalField(max_digits=5, decimal_places=2)
    online = serializers.BooleanField()
    place = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class EngagementBody(EngagementRow):
    """A booking with its dates and the sentences of its price."""

    working = serializers.ListField(child=serializers.CharField())
    dates = EngagementDateRow(many=True)


class NewDateBody(serializers.Serializer[Any]):
    """A date to plan."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    quantity = serializers.DecimalField(max_digits=5, decimal_places=2)
    online = serializers.BooleanField(default=False)
    place = serializers.CharField(max_length=200, allow_blank=True, default="")


class MoveBody(serializers.Serializer[Any]):
    """Another time."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class GiveUpBody(serializers.Serializer[Any]):
    """Who cancels decides what is owed: the school, or the consultant who cannot come."""

    by_school = serializers.BooleanField()
    reason = serializers.CharField(max_length=240)


class ConsequenceBody(serializers.Serializer[Any]):
    """What cancelling a date costs on a day, before VAT."""

    on = serializers.DateField()
    school_pence = serializers.IntegerField()
    provider_pence = serializers.IntegerField()
    free_until = serializers.DateField(allow_null=True)


class ReleaseBody(serializers.Serializer[Any]):
    """The head's answer; refusing needs a reason."""

    released = serializers.BooleanField()
    reason = serializers.CharField(max_length=240, allow_blank=True, default="")


class Ir35Field(serializers.Serializer[Any]):
    """Whether the consultant is paid through their own company, and then whether the rules apply, with the reasons."""

    own_company = serializers.BooleanField()
    answer = serializers.ChoiceField(choices=OffPayrollDetermination.Answer.choices, default="not_needed")
    reasons = serializers.CharField(max_length=1000, allow_blank=True, default="")


class DeterminationBody(Ir35Field):
    """A determination that was kept."""

    decided_on = serializers.DateField()


_COLUMNS = {
    "number": "number", "school": "school__number", "consultant": "consultant__code", "title": "title", "state": "state",
    "unit": "unit", "quantity": "quantity", "sell_pence": "sell_pence", "mileage_pence": "mileage_pence",
    "purchase_order": "purchase_order", "agreed_on": "agreed_on",
}  # fmt: skip
_DATE = ("ordinal", "state", "release", "starts_at", "ends_at", "quantity", "online", "place", "reason")


def date_of(planned: EngagementDate) -> dict[str, Any]:
    return {name: getattr(planned, name) for name in _DATE}


def body_of(found: Engagement) -> dict[str, Any]:
    """The whole booking, as every operation on it answers."""
    return {
        "school": found.school.number, "consultant": found.consultant.code, "working": [str(one) for one in found.working],
        "dates": [date_of(one) for one in found.dates.order_by("ordinal")],
        **{name: getattr(found, name) for name in _COLUMNS if name not in ("school", "consultant")},
    }  # fmt: skip


def ir35_of(given: dict[str, Any]) -> Ir35Answer:
    return Ir35Answer(own_company=given["own_company"], answer=given["answer"], reasons=given["reasons"])


class EngagementsView(ListView):
    """Bookings of consultants."""

    area = "orders"
    serializer_class = EngagementRow
    filterset_class = EngagementFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Engagement]:
        return engagements_for(self.actor)

    @extend_schema(operation_id="consultant_bookings", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Bookings of the caller's schools, and those that the caller's provider delivers, newest first."""
        return self.page()


class EngagementView(ApiView):
    """One booking."""

    area = "orders"

    @extend_schema(operation_id="consultant_booking", responses=EngagementBody, tags=["consultants"])
    def get(self, request: Request, number: str) -> Response:
        """The booking with its dates."""
        return Response(body_of(engagement_for(self.actor, number)))


class EngagementCancellationView(ApiView):
    """Cancelling a whole booking."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_booking_cancel", request=GiveUpBody, responses=EngagementBody, tags=["consultants"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Cancels what is still planned, each date under its terms; what was delivered stays."""
        found, given = engagement_for(self.actor, number), self.read(GiveUpBody)
        cancel_booking(engagement=found, on=timezone.localdate(), actor=self.actor, **given)
        return Response(body_of(engagement_for(self.actor, number)))


class EngagementDatesView(ApiView):
    """The dates of a booking."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_date_add",
        request=NewDateBody,
        responses={201: EngagementDateRow},
        tags=["consultants"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Plans one more date, as far as the booking is not used up and the consultant is free and accredited."""
        found, new = engagement_for(self.actor, number), NewDate(**self.read(NewDateBody))
        made = add_date(engagement=found, new=new, on=timezone.localdate(), actor=self.actor)
        return Response(date_of(made), status=201)


class EngagementDateView(ApiView):
    """What cancelling a date costs, and moving it."""

    area = "orders"

    @extend_schema(operation_id="consultant_date_terms", responses=ConsequenceBody, tags=["consultants"])
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """What cancelling the date costs the school today, and pays the provider."""
        shown = consequence_of(planned=date_for(self.actor, number, ordinal), on=timezone.localdate())
        return Response(_consequence(shown))

    @extend_schema(
        operation_id="consultant_date_move", request=MoveBody, responses=EngagementDateRow, tags=["consultants"]
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Gives the date another time; its old one is free again."""
        planned, given = date_for(self.actor, number, ordinal), self.read(MoveBody)
        return Response(date_of(move_date(planned=planned, on=timezone.localdate(), actor=self.actor, **given)))


class EngagementDateCancellationView(ApiView):
    """Giving a date up."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_date_cancel", request=GiveUpBody, responses=ConsequenceBody, tags=["consultants"]
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Cancels the date under the terms of its booking and answers what is owed."""
        planned, given = date_for(self.actor, number, ordinal), self.read(GiveUpBody)
        shown = cancel_date(date=planned, on=timezone.localdate(), actor=self.actor, **given)
        return Response(_consequence(shown))


def _consequence(shown: Any) -> dict[str, Any]:
    return {
        "on": shown.on, "school_pence": shown.school.pence, "provider_pence": shown.provider.pence,
        "free_until": shown.free_until,
    }  # fmt: skip


class EngagementReleaseView(ApiView):
    """The release of a leader by the head of their own school."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_date_release", request=ReleaseBody, responses=EngagementDateRow, tags=["consultants"]
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Releases the leader for the date, or refuses it, so that the time is free again."""
        given = self.read(ReleaseBody)
        found = releases_for(self.actor).filter(engagement__number=number, ordinal=ordinal).first()
        if found is None:
            raise NotFound("There is no such date to release.")
        return Response(date_of(release_leader(date=found, on=timezone.localdate(), actor=self.actor, **given)))


class EngagementDeterminationView(ApiView):
    """The off-payroll determination of a booking."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_booking_determine", request=Ir35Field, responses={201: DeterminationBody},
        tags=["consultants"],
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """Keeps the school's determination with its reasons; inside the rules nothing is paid gross."""
        found, given = engagement_for(self.actor, number), self.read(Ir35Field)
        made = determine(engagement=found, ir35=ir35_of(given), on=timezone.localdate(), actor=self.actor)
        return Response({**given, "decided_on": made.decided_on}, status=201)
