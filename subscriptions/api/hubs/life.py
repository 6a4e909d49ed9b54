"""A hub under its contract: its schools and what was done with them, its reviews, who stands in for its lead."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import Organisation
from subscriptions.api.hubs.shapes import AREA, TAGS, in_reach
from subscriptions.hubs.models import HubEngagement, HubSchool, ReviewPoint
from subscriptions.hubs.progress import (
    engagements_of,
    hub_contract_for,
    progress_of,
    review_of,
    reviews_of,
    school_of,
    schools_of,
)
from subscriptions.hubs.services.life import (
    add_hub_school,
    end_hub_school,
    hold_review,
    prepare_review,
    record_engagement,
    require_lead,
    take_engagement_off,
)
from subscriptions.hubs.services.writing import RUNNING
from subscriptions.outcomes.models import OutcomeContract

HOURS: dict[str, Any] = {"max_digits": 6, "decimal_places": 2, "min_value": Decimal("0.01"), "max_value": 1000}


class HubSchoolRow(serializers.Serializer[Any]):
    """A school of the hub over ``[joined_on, left_on)``, with what was done with it."""

    id = serializers.IntegerField()
    school = serializers.CharField(help_text="Customer number.")
    name = serializers.CharField()
    joined_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)
    times = serializers.IntegerField()
    hours = serializers.DecimalField(max_digits=12, decimal_places=2)
    people = serializers.IntegerField()


class HubSchoolRequest(serializers.Serializer[Any]):
    """A school that works with the hub from a day on."""

    school = serializers.CharField(max_length=12, help_text="Customer number.")
    joined_on = serializers.DateField()


class HubSchoolLeaving(serializers.Serializer[Any]):
    """The first day without it."""

    left_on = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        in_reach("left_on", attrs["left_on"])
        return attrs


class HubEngagementRow(serializers.Serializer[Any]):
    """Something done with a school on a day. Nobody is named in ``words``."""

    id = serializers.IntegerField(read_only=True)
    done_on = serializers.DateField()
    kind = serializers.ChoiceField(choices=HubEngagement.Kind.choices)
    words = serializers.CharField(max_length=300)
    hours = serializers.DecimalField(**HOURS)
    people = serializers.IntegerField(min_value=1, max_value=10_000)
    taken_off_on = serializers.DateField(read_only=True, allow_null=True)


class HubWhy(serializers.Serializer[Any]):
    """Why a line is taken off."""

    why = serializers.CharField(max_length=200)


class ReviewFigureRow(serializers.Serializer[Any]):
    """What was planned by the day, and what came of it."""

    name = serializers.CharField()
    planned = serializers.CharField()
    actual = serializers.CharField()
    behind = serializers.BooleanField()


class HubReviewRow(serializers.Serializer[Any]):
    """A review point."""

    ordinal = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReviewPoint.State.choices)
    due_on = serializers.DateField()
    held_on = serializers.DateField(allow_null=True)
    decision = serializers.CharField(allow_blank=True)


class HubReviewSerializer(HubReviewRow):
    """A review with its figures: as it was held, or as they stand today."""

    lead_words = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    figures: Any = ReviewFigureRow(many=True)


class HubReviewRequest(serializers.Serializer[Any]):
    """What the lead says before it; or, by the partnership, what was decided."""

    do = serializers.ChoiceField(choices=[("prepare", "Prepare"), ("hold", "Hold")])
    words = serializers.CharField(max_length=4000)
    decision = serializers.ChoiceField(
        choices=ReviewPoint.Decision.choices, allow_blank=True, default="", help_text="To hold it."
    )


_OF_REVIEW = tuple(HubReviewRow().fields)


def review_body(found: ReviewPoint) -> dict[str, Any]:
    """In the form of ``HubReviewSerializer``."""
    figures = found.figures or [one.kept() for one in progress_of(found.contract, timezone.localdate())]
    return {name: getattr(found, name) for name in (*_OF_REVIEW, "lead_words", "words")} | {"figures": figures}


def schools_body(contract: OutcomeContract) -> list[dict[str, Any]]:
    """In the form of ``HubSchoolRow``."""
    return [
        {
            "id": one.school.pk, "school": one.school.organisation.number, "name": one.school.organisation.name,
            "joined_on": one.school.joined_on, "left_on": one.school.left_on, "times": one.times,
            "hours": f"{one.hours:.2f}", "people": one.people,
        }
        for one in schools_of(contract)
    ]  # fmt: skip


class HubApi(ApiView):
    """What the operations on a hub share."""

    area = AREA

    def led(self, number: str) -> OutcomeContract:
        """The hub of that number, for whoever leads it."""
        found = hub_contract_for(self.actor, number)
        require_lead(found, self.actor, timezone.localdate(), to="change this hub")
        return found


class HubSchoolsView(HubApi):
    """The hub's schools."""

    @extend_schema(operation_id="hub_schools", responses=HubSchoolRow(many=True), tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """Its schools with how often and how long something was done with each."""
        return Response(schools_body(hub_contract_for(self.actor, number)))

    @extend_schema(
        operation_id="hub_school_add", request=HubSchoolRequest, responses={201: HubSchoolRow(many=True)}, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Adds a school. The lead or a deputy."""
        found, given = self.led(number), self.read(HubSchoolRequest)
        school = Organisation.objects.filter(number=given["school"], kind=Organisation.Kind.SCHOOL).first()
        if school is None:
            raise WrongInput("No school has this customer number.")
        on = timezone.localdate()
        add_hub_school(contract=found, school=school, joined_on=given["joined_on"], on=on, actor=self.actor)
        return Response(schools_body(found), status=201)


class HubSchoolLeavingView(HubApi):
    """A school that leaves."""

    @extend_schema(
        operation_id="hub_school_leave", request=HubSchoolLeaving, responses=HubSchoolRow(many=True), tags=TAGS
    )
    def post(self, request: Request, number: str, pk: int) -> Response:
        """The school works with the hub no longer from a day on."""
        contract = self.led(number)
        school, given = school_of(contract, pk), self.read(HubSchoolLeaving)
        end_hub_school(school=school, on=timezone.localdate(), actor=self.actor, **given)
        return Response(schools_body(contract))


class HubEngagementsView(ListView):
    """What was done with a school."""

    area = AREA
    serializer_class = HubEngagementRow
    columns = {str(name): str(name) for name in HubEngagementRow().fields}

    def rows_model(self) -> Any:
        return HubEngagement.objects

    def rows(self) -> QuerySet[HubEngagement]:
        return engagements_of(self._school())

    def _school(self) -> HubSchool:
        return school_of(hub_contract_for(self.actor, self.kwargs["number"]), self.kwargs["pk"])

    @extend_schema(operation_id="hub_engagements", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was done with one school of the hub, the newest first; lines that were taken off with the day."""
        return self.page()

    @extend_schema(
        operation_id="hub_engagement_record", request=HubEngagementRow, responses={201: HubEngagementRow}, tags=TAGS
    )
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Writes down what was done with it. The lead or a deputy."""
        school, on = self._school(), timezone.localdate()
        require_lead(school.contract, self.actor, on, to="write down what this hub did")
        made = record_engagement(school=school, on=on, actor=self.actor, **self.read(HubEngagementRow))
        return Response(HubEngagementRow(made).data, status=201)


class HubEngagementRemovalView(HubApi):
    """A line that is taken off."""

    @extend_schema(operation_id="hub_engagement_take_off", request=HubWhy, responses=HubEngagementRow, tags=TAGS)
    def post(self, request: Request, number: str, pk: int, entry: int) -> Response:
        """The line counts no longer, with the reason. Enter it anew where it was wrong."""
        school = school_of(self.led(number), pk)
        found = HubEngagement.objects.select_related("school__contract__party").filter(school=school, pk=entry).first()
        if found is None:
            raise NotFound("There is no such line.")
        why = self.read(HubWhy)["why"]
        take_engagement_off(engagement=found, why=why, on=timezone.localdate(), actor=self.actor)
        return Response(HubEngagementRow(found).data)


class HubReviewsView(HubApi):
    """The hub's review points."""

    @extend_schema(operation_id="hub_reviews", responses=HubReviewRow(many=True), tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """Its review points in their order."""
        found = reviews_of(hub_contract_for(self.actor, number))
        return Response([{name: getattr(one, name) for name in _OF_REVIEW} for one in found])


class HubReviewView(HubApi):
    """One review point."""

    @extend_schema(operation_id="hub_review", responses=HubReviewSerializer, tags=TAGS)
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """Plan and outcome side by side, and what was said and decided."""
        return Response(review_body(review_of(hub_contract_for(self.actor, number), ordinal)))

    @extend_schema(operation_id="hub_review_write", request=HubReviewRequest, responses=HubReviewSerializer, tags=TAGS)
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """The lead prepares it; organisers and finance managers hold it, which keeps the figures as they stand."""
        contract, on = hub_contract_for(self.actor, number), timezone.localdate()
        if not self.actor.has(*RUNNING):
            require_lead(contract, self.actor, on, to="change this hub")
        found, given = review_of(contract, ordinal), self.read(HubReviewRequest)
        if given["do"] == "hold":
            hold_review(review=found, decision=given["decision"], words=given["words"], on=on, actor=self.actor)
        else:
            prepare_review(review=found, words=given["words"], on=on, actor=self.actor)
        return Response(review_body(found))
