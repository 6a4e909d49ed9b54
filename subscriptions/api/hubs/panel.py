"""The panel: who applies, interests, points, what was agreed, and the decision."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from subscriptions.api.hubs.shapes import AREA, MOST_PENCE, TAGS, HubApplicationSerializer, application_body
from subscriptions.hubs.models import HubApplication, HubCall, PanelMember, PanelScore
from subscriptions.hubs.queries import READING, opened_application, panel_calls_for, submitted
from subscriptions.hubs.services.awarding import award, decline
from subscriptions.hubs.services.panel import Points, agree_points, declare_interests, score
from subscriptions.hubs.services.writing import require_running

MOST = 200


class HubInterest(serializers.Serializer[Any]):
    """An interest in one application."""

    application = serializers.CharField(max_length=20)
    words = serializers.CharField(max_length=300)


class HubInterestsRequest(serializers.Serializer[Any]):
    """All interests that you have; in every other application you have none. Your own schools' are found by themselves."""

    interests: Any = serializers.ListSerializer(child=HubInterest(), max_length=MOST, default=list)


class HubApplicantRow(serializers.Serializer[Any]):
    """Who applies: no more than that."""

    application = serializers.CharField()
    lead = serializers.CharField()
    partners = serializers.ListField(child=serializers.CharField())


class HubPanelSerializer(serializers.Serializer[Any]):
    """A panel as its member sees it: when they declared, who applies, and in what they have an interest."""

    call = serializers.CharField()
    declared_on = serializers.DateField(allow_null=True)
    applicants: Any = HubApplicantRow(many=True)
    interests: Any = HubInterest(many=True)


class HubPointsRow(serializers.Serializer[Any]):
    """Your points for a criterion, by its place in the call."""

    criterion = serializers.IntegerField(min_value=1, max_value=100)
    points = serializers.IntegerField(min_value=0, max_value=100)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class HubScoresRequest(serializers.Serializer[Any]):
    """Points for one application."""

    points: Any = serializers.ListSerializer(child=HubPointsRow(), min_length=1, max_length=20)


class HubScoresSerializer(serializers.Serializer[Any]):
    """Your own points; others' are not shown."""

    application = serializers.CharField()
    points: Any = HubPointsRow(many=True)


class HubAgreedRequest(serializers.Serializer[Any]):
    """What the panel agreed for one criterion, and why: it counts instead of the mean."""

    criterion = serializers.IntegerField(min_value=1, max_value=100)
    points = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal(0))
    reason = serializers.CharField(max_length=500)


class HubDecision(serializers.Serializer[Any]):
    """Awarded or not, and what its schools read. Without ``value_pence`` it is what was asked for, else what the call pays."""

    do = serializers.ChoiceField(choices=[("award", "Award"), ("decline", "Do not award")])
    feedback = serializers.CharField(max_length=4000)
    value_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE, allow_null=True, default=None)


class _PanelApi(ApiView):
    """What a member's operations share."""

    area = AREA

    def member(self, number: str) -> PanelMember:
        mine = PanelMember.objects.filter(person_id=self.actor.person_id or 0, left_on=None).select_related("call")
        found = mine.filter(call__in=panel_calls_for(self.actor), call__number=number).first()
        if found is None:
            raise NotFound("There is no such call.")
        return found

    def open_to_member(self, number: str) -> HubApplication:
        """One that is open to a member of its panel: after their interests are declared, and without one in it."""
        if not self.actor.has(Role.PANEL):
            raise NotFound("There is no such application.")
        found = opened_application(self.actor, number)
        self.member(found.call.number)
        return found


def panel_body(member: PanelMember) -> dict[str, Any]:
    """In the form of ``HubPanelSerializer``."""
    call = member.call
    applies = submitted(call) if call.state == HubCall.State.CLOSED else []
    interests = member.interests.select_related("application").order_by("application__number")
    return {
        "call": call.number,
        "declared_on": member.declared_on,
        "applicants": [
            {
                "application": one.number,
                "lead": one.lead.name,
                "partners": [each.organisation.name for each in one.partners.all()],
            }
            for one in applies
        ],
        "interests": [{"application": one.application.number, "words": one.words} for one in interests],
    }


def scores_body(found: HubApplication, member: PanelMember) -> dict[str, Any]:
    """In the form of ``HubScoresSerializer``."""
    given = PanelScore.objects.filter(application=found, member=member).select_related("criterion")
    rows = [
        {"criterion": one.criterion.position, "points": one.points, "words": one.words}
        for one in given.order_by("criterion__position")
    ]
    return {"application": found.number, "points": rows}


class HubApplicantsView(_PanelApi):
    """Who applies."""

    @extend_schema(operation_id="hub_applicants", responses=HubPanelSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """Which schools apply to a call on whose panel you are, once it is closed. What they sent opens after your interests
        are declared."""
        return Response(panel_body(self.member(number)))


class HubInterestsView(_PanelApi):
    """Declaring interests."""

    @extend_schema(
        operation_id="hub_interests_declare", request=HubInterestsRequest, responses=HubPanelSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Says in which applications you have an interest. Once more adds to it; nothing is taken back."""
        member = self.member(number)
        interests = {one["application"]: one["words"] for one in self.read(HubInterestsRequest)["interests"]}
        declare_interests(call=member.call, interests=interests, on=timezone.localdate(), actor=self.actor)
        return Response(panel_body(self.member(number)))


class HubScoresView(_PanelApi):
    """Points."""

    @extend_schema(operation_id="hub_scores", responses=HubScoresSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """Your points for an application."""
        found = self.open_to_member(number)
        return Response(scores_body(found, self.member(found.call.number)))

    @extend_schema(operation_id="hub_score", request=HubScoresRequest, responses=HubScoresSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Gives points, or changes them until the scoring ends."""
        found = self.open_to_member(number)
        given = self.read(HubScoresRequest)["points"]
        points = {one["criterion"]: Points(one["points"], one["words"]) for one in given}
        score(application=found, points=points, on=timezone.localdate(), actor=self.actor)
        return Response(scores_body(found, self.member(found.call.number)))


class _DecidingApi(ApiView):
    """What the partnership does with an application that is open to it."""

    area = AREA

    def opened(self, number: str) -> HubApplication:
        if not self.actor.has(*READING):
            raise NotFound("There is no such application.")
        found = opened_application(self.actor, number)
        require_running(self.actor, to="decide on applications for hubs")
        return found


class HubAgreedView(_DecidingApi):
    """What the panel agreed."""

    @extend_schema(
        operation_id="hub_points_agree", request=HubAgreedRequest, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Writes down what the panel agreed for one criterion. Organisers and finance managers."""
        found, given = self.opened(number), self.read(HubAgreedRequest)
        criterion = found.call.criteria.filter(position=given["criterion"]).first()
        if criterion is None:
            raise NotFound("There is no such criterion in this call.")
        agree_points(
            application=found, criterion=criterion, points=given["points"], reason=given["reason"],
            on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(application_body(found, self.actor))


class HubDecisionView(_DecidingApi):
    """The decision."""

    @extend_schema(
        operation_id="hub_application_decide", request=HubDecision, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Awards, which draws the contract up and offers it, or does not. Never by whoever has an interest."""
        found, given, on = self.opened(number), self.read(HubDecision), timezone.localdate()
        if given["do"] == "decline":
            decline(application=found, feedback=given["feedback"], on=on, actor=self.actor)
        else:
            value = Money(given["value_pence"]) if given["value_pence"] else None
            award(application=found, feedback=given["feedback"], value=value, on=on, actor=self.actor)
        found.refresh_from_db()
        return Response(application_body(found, self.actor))
