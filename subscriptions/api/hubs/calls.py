"""Calls for hubs: reading them, drawing one up, its steps, its panel, and who stands where."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import Person, RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.api.hubs.shapes import (
    AREA,
    TAGS,
    HubCallRequest,
    HubCallRow,
    HubCallSerializer,
    RankedRow,
    call_body,
    in_reach,
    ranked_body,
    terms_of,
)
from subscriptions.hubs.models import HubCall, PanelMember
from subscriptions.hubs.queries import APPLYING, OPENED, READING, call_for, calls_for, opened_for, ranking
from subscriptions.hubs.services.calls import (
    cancel_call,
    change_call,
    close_call,
    draft_call,
    extend_deadline,
    publish_call,
)
from subscriptions.hubs.services.panel import finish_scoring, invite_member, score_again, take_off_panel
from subscriptions.hubs.services.writing import require_running

STEPS = ("publish", "close", "finish_scoring", "score_again", "cancel")


class HubCallStep(serializers.Serializer[Any]):
    """What is done with the call; ``reason`` is needed to cancel it and to score again."""

    do = serializers.ChoiceField(choices=[(one, one.replace("_", " ").capitalize()) for one in STEPS])
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class HubCallDeadline(serializers.Serializer[Any]):
    """A later deadline."""

    closes_at = serializers.DateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        in_reach("closes_at", attrs["closes_at"])
        return attrs


class HubPanelRequest(serializers.Serializer[Any]):
    """Who is put on the panel: somebody with that role, by the address with which they sign in."""

    email = serializers.EmailField(max_length=254)


class HubCallFilters(FilterSet):
    """By kind and state."""

    kind = ChoiceFilter(choices=HubCall.Kind.choices)
    state = ChoiceFilter(choices=HubCall.State.choices)

    class Meta:
        model = HubCall
        fields: list[str] = []


class _CallApi(ApiView):
    """What the operations on a call share."""

    area = AREA

    def running(self, number: str) -> HubCall:
        """The call of that number, for whoever runs calls."""
        found = call_for(self.actor, number)
        require_running(self.actor, to="change calls for hubs")
        return found

    def told(self, call: HubCall, status: int = 200) -> Response:
        return Response(call_body(call, self.actor), status=status)


class HubCallsView(ListView):
    """Calls."""

    area = AREA
    serializer_class = HubCallRow
    filterset_class = HubCallFilters
    columns = {str(name): str(name) for name in HubCallRow().fields}

    def rows(self) -> QuerySet[HubCall]:
        return calls_for(self.actor)

    @extend_schema(operation_id="hub_calls", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All calls for the partnership; those that are open, or to which they applied, for schools; those of their panels
        for members."""
        return self.page()

    @extend_schema(operation_id="hub_call_draft", request=HubCallRequest, responses={201: HubCallSerializer}, tags=TAGS)
    def post(self, request: Request) -> Response:
        """Draws a call up. Organisers and finance managers."""
        if not self.actor.has(*READING, *APPLYING):
            raise NotFound("There is nothing here that you may see.")
        require_running(self.actor, to="draw up calls for hubs")
        terms = terms_of(self.read(HubCallRequest))
        made = draft_call(terms=terms, on=timezone.localdate(), actor=self.actor)
        return Response(call_body(made, self.actor), status=201)


class HubCallView(_CallApi):
    """One call."""

    @extend_schema(operation_id="hub_call", responses=HubCallSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """One call with its criteria and what is to be shown."""
        return self.told(call_for(self.actor, number))

    @extend_schema(operation_id="hub_call_change", request=HubCallRequest, responses=HubCallSerializer, tags=TAGS)
    def put(self, request: Request, number: str) -> Response:
        """Everything that a draft says, said anew."""
        found = self.running(number)
        terms = terms_of(self.read(HubCallRequest))
        return self.told(change_call(call=found, terms=terms, on=timezone.localdate(), actor=self.actor))


class HubCallStepView(_CallApi):
    """Where a call goes next."""

    @extend_schema(operation_id="hub_call_step", request=HubCallStep, responses=HubCallSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Publishes a draft, closes a call whose deadline is over, ends the scoring or opens it again, or cancels the call."""
        found = self.running(number)
        given, on, actor = self.read(HubCallStep), timezone.localdate(), self.actor
        match given["do"]:
            case "publish":
                publish_call(call=found, on=on, actor=actor)
            case "close":
                close_call(call=found, at=timezone.now(), actor=actor)
            case "finish_scoring":
                finish_scoring(call=found, on=on, actor=actor)
            case "score_again":
                score_again(call=found, reason=given["reason"], on=on, actor=actor)
            case _:
                cancel_call(call=found, reason=given["reason"], on=on, actor=actor)
        return self.told(found)


class HubCallDeadlineView(_CallApi):
    """Its deadline."""

    @extend_schema(operation_id="hub_call_extend", request=HubCallDeadline, responses=HubCallSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """A later deadline for everybody, while the call is open."""
        found = self.running(number)
        given = self.read(HubCallDeadline)
        return self.told(extend_deadline(call=found, on=timezone.localdate(), actor=self.actor, **given))


class HubPanelView(_CallApi):
    """Its panel."""

    @extend_schema(operation_id="hub_panel_invite", request=HubPanelRequest, responses=HubCallSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Puts somebody on the panel."""
        found, on = self.running(number), timezone.localdate()
        held = RoleAssignment.objects.filter(on_day(on), role=Role.PANEL).values("person_id")
        email = self.read(HubPanelRequest)["email"]
        person = Person.objects.filter(pk__in=held, email__iexact=email).order_by("pk").first()
        if person is None:
            raise WrongInput(f"No member of a panel signs in with {email}. Ask an administrator to give the role.")
        invite_member(call=found, person=person, on=on, actor=self.actor)
        return self.told(found)


class HubPanelRemovalView(_CallApi):
    """Somebody on its panel."""

    @extend_schema(operation_id="hub_panel_remove", request=None, responses=HubCallSerializer, tags=TAGS)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Takes a member off; what they scored does not count."""
        found = self.running(number)
        member = PanelMember.objects.filter(call=found, pk=pk).first()
        if member is None:
            raise NotFound("There is no such member.")
        take_off_panel(member=member, on=timezone.localdate(), actor=self.actor)
        return self.told(found)


class HubRankingView(_CallApi):
    """Who stands where."""

    @extend_schema(operation_id="hub_ranking", responses=RankedRow(many=True), tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """The applications by place, once the call is closed; without those in which you have an interest."""
        if not self.actor.has(*READING):
            raise NotFound("There is nothing here that you may see.")
        found = call_for(self.actor, number)
        if found.state not in OPENED:
            return Response([])
        seen = set(opened_for(self.actor).filter(call=found).values_list("pk", flat=True))
        criteria = [one.name for one in found.criteria.all()]
        return Response([ranked_body(one, criteria) for one in ranking(found) if one.application.pk in seen])
