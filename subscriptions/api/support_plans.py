"""Support plans for programs of the partnership, of schools and of who pays: as much as their people see on pages."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from subscriptions.api.support_shapes import (
    PlanWithdrawRequest,
    ReviewRequest,
    SupportPlanRequest,
    SupportPlanRow,
    SupportPlanSerializer,
    TakeOverRequest,
    named,
    parts_of,
    plan_body,
    term_of,
)
from subscriptions.support.models import SupportPlan, SupportReview
from subscriptions.support.queries import plan_for, plans_for
from subscriptions.support.services.planning import (
    agree_plan,
    draft_plan,
    rebroker_plan,
    record_review,
    withdraw_plan,
)

TAGS = ["support plans"]
AREA = "outcomes"
_SAME = ("number", "title", "state", "valid_from", "valid_to", "cost_pence", "confidential")


class SupportPlanFilters(FilterSet):
    """By state, school and who pays."""

    state = ChoiceFilter(choices=SupportPlan.State.choices)
    school = CharFilter(field_name="school__number", max_length=12, help_text="Customer number.")
    funder = CharFilter(field_name="funder__number", max_length=12, help_text="Customer number.")

    class Meta:
        model = SupportPlan
        fields: list[str] = []


class SupportPlansView(ListView):
    """Support plans, and drawing one up."""

    area = AREA
    serializer_class = SupportPlanRow
    filterset_class = SupportPlanFilters
    columns = {**{name: name for name in _SAME}, "school": "school__number", "funder": "funder__number"}

    def rows(self) -> QuerySet[SupportPlan]:
        return plans_for(self.actor)

    @extend_schema(operation_id="support_plans", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plans of your school, or that you pay for; all of them for organisers. A confidential one is told to its school's
        approvers, who pays and organisers alone."""
        return self.page()

    @extend_schema(
        operation_id="support_plan_draw_up",
        request=SupportPlanRequest,
        responses={201: SupportPlanSerializer},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Draws a plan up. It runs once an approver of the school agrees; nothing is charged or owed by it."""
        if not self.actor.has(Role.ORGANISER):
            raise NotFound("There is no such operation.")
        given = self.read(SupportPlanRequest)
        same = {name: given[name] for name in ("title", "need", "programme", "confidential", "every_weeks")}
        made = draft_plan(
            school=named(given["school"]), funder=named(given["funder"]), term=term_of(given), parts=parts_of(given),
            on=timezone.localdate(), actor=self.actor, **same,
        )  # fmt: skip
        return Response(plan_body(made), status=201)


class SupportPlanView(ApiView):
    """One support plan."""

    area = AREA

    @extend_schema(operation_id="support_plan", responses=SupportPlanSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """One plan: need, programme, who gives what, its reviews."""
        return Response(plan_body(plan_for(self.actor, number)))


class SupportPlanAgreeView(ApiView):
    """The school's answer."""

    area = AREA

    @extend_schema(operation_id="support_plan_agree", request=None, responses=SupportPlanSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Agrees a draft, for an approver of the school. One that takes over from another ends that one."""
        found = plan_for(self.actor, number)
        return Response(plan_body(agree_plan(plan=found, on=timezone.localdate(), actor=self.actor)))


class SupportPlanWithdrawView(ApiView):
    """Taking a draft back."""

    area = AREA

    @extend_schema(
        operation_id="support_plan_withdraw", request=PlanWithdrawRequest, responses=SupportPlanSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Takes a draft back before the school agreed, with the reason. For organisers."""
        given, found = self.read(PlanWithdrawRequest), plan_for(self.actor, number)
        done = withdraw_plan(plan=found, reason=given["reason"], on=timezone.localdate(), actor=self.actor)
        return Response(plan_body(done))


class SupportPlanTakeOverView(ApiView):
    """Other providers."""

    area = AREA

    @extend_schema(
        operation_id="support_plan_take_over",
        request=TakeOverRequest,
        responses={201: SupportPlanSerializer},
        tags=TAGS,
    )
    def post(self, request: Request, number: str) -> Response:
        """Draws up the plan by which others take over from a day on; the old one runs until the school agrees."""
        given, found = self.read(TakeOverRequest), plan_for(self.actor, number)
        self.actor.require(Role.ORGANISER, to="draw up support plans")
        made = rebroker_plan(
            plan=found, from_day=given["from_day"], parts=parts_of(given), reason=given["reason"],
            every_weeks=given["every_weeks"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(plan_body(made), status=201)


class SupportPlanReviewView(ApiView):
    """One review of a plan."""

    area = AREA

    @extend_schema(
        operation_id="support_plan_review", request=ReviewRequest, responses=SupportPlanSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Writes a review up, once. For organisers; the school and who pays read it."""
        given, found = self.read(ReviewRequest), plan_for(self.actor, number)
        review = SupportReview.objects.select_related("plan").filter(plan=found, pk=pk).first()
        if review is None:
            raise NotFound("There is no such review.")
        if given["held_on"] > timezone.localdate():
            raise WrongInput("held_on must be today or in the past")
        record_review(review=review, on=given.pop("held_on"), actor=self.actor, **given)
        return Response(plan_body(found))
