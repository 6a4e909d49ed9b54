"""Heads of contracts that pay by numbers of people: returned by who claims, decided by somebody of another organisation."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from subscriptions.outcomes.heads_queries import (
    HeadsOf,
    heads_of,
    heads_of_one,
    volume_return_for,
    volume_returns_for,
)
from subscriptions.outcomes.models import Statement, VolumeReturn
from subscriptions.outcomes.services.volume import decide_volume, return_volume
from subscriptions.outcomes.stating_queries import outcome_statement_for

TAGS = ["outcome contracts"]
MOST = 1_000_000
_SAME = ("ordinal", "state", "billable", "refundable", "submitted_on", "decided_on", "reason")


class HeadsReturnSerializer(serializers.Serializer[Any]):
    """How many heads reached a milestone and how many are given back, and what somebody else decided."""

    contract = serializers.CharField()
    statement = serializers.IntegerField(help_text="The number of its statement.")
    milestone = serializers.CharField(help_text="The milestone's code.")
    ordinal = serializers.IntegerField(help_text="The first return is 1; each that follows one sent back the next.")
    state = serializers.ChoiceField(choices=VolumeReturn.State.choices)
    billable = serializers.IntegerField()
    refundable = serializers.IntegerField()
    submitted_on = serializers.DateField()
    decided_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class HeadsInBand(serializers.Serializer[Any]):
    """Heads in one band; below nought where they are given back."""

    heads = serializers.IntegerField()
    pence = serializers.IntegerField()


class MilestoneHeadsSerializer(serializers.Serializer[Any]):
    """A milestone on a statement: what earlier statements had, its last return, and what is accepted by band, before VAT."""

    milestone = serializers.CharField()
    name = serializers.CharField()
    before_billable = serializers.IntegerField()
    before_refundable = serializers.IntegerField()
    may_return = serializers.BooleanField(help_text="Nothing waits or counts yet, and the statement is open.")
    returned = HeadsReturnSerializer(allow_null=True)
    bands = HeadsInBand(many=True)
    pence = serializers.IntegerField()


class HeadsRequest(serializers.Serializer[Any]):
    """How many heads reached the milestone that were not returned before, and how many are given back."""

    milestone = serializers.SlugField(max_length=40)
    billable = serializers.IntegerField(min_value=0, max_value=MOST)
    refundable = serializers.IntegerField(min_value=0, max_value=MOST, default=0)


class HeadsDecision(serializers.Serializer[Any]):
    """Accepted as returned, or sent back with a reason."""

    do = serializers.ChoiceField(choices=[("accept", "Accept"), ("reject", "Send back")])
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


def return_body(one: VolumeReturn) -> dict[str, Any]:
    """In the form of ``HeadsReturnSerializer``."""
    return {name: getattr(one, name) for name in _SAME} | {
        "contract": one.statement.contract.number, "statement": one.statement.ordinal, "milestone": one.milestone.code,
    }  # fmt: skip


def _milestone_body(one: HeadsOf) -> dict[str, Any]:
    parts = one.parts()
    return {
        "milestone": one.milestone.code, "name": one.milestone.name, "before_billable": one.before.billable,
        "before_refundable": one.before.refundable, "may_return": one.may_return,
        "returned": return_body(one.newest) if one.newest else None,
        "bands": [{"heads": part.count, "pence": part.line.pence} for part in parts],
        "pence": sum(part.line.pence for part in parts),
    }  # fmt: skip


class HeadsFilters(FilterSet):
    """By contract and state."""

    contract = CharFilter(field_name="statement__contract__number", max_length=20)
    state = ChoiceFilter(choices=VolumeReturn.State.choices)

    class Meta:
        model = VolumeReturn
        fields: list[str] = []


class HeadsView(ListView):
    """Returns of heads."""

    area = "outcomes"
    serializer_class = HeadsReturnSerializer
    filterset_class = HeadsFilters
    columns = {
        **{name: name for name in _SAME}, "contract": "statement__contract__number", "statement": "statement__ordinal",
        "milestone": "milestone__code",
    }  # fmt: skip

    def rows(self) -> QuerySet[VolumeReturn]:
        return volume_returns_for(self.actor)

    @extend_schema(operation_id="outcome_heads", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Returns of heads of your contracts, and those that are yours to decide or were decided by your organisation."""
        return self.page()


class HeadsOfStatementView(ApiView):
    """Heads of a statement."""

    area = "outcomes"

    def _statement(self, number: str, ordinal: int) -> Statement:
        return outcome_statement_for(self.actor, number, ordinal)

    @extend_schema(
        operation_id="outcome_statement_heads", responses=MilestoneHeadsSerializer(many=True), tags=TAGS
    )  # fmt: skip
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """Each milestone that holds on the statement's last day; empty where the contract does not pay by heads."""
        return Response([_milestone_body(one) for one in heads_of([self._statement(number, ordinal)])])

    @extend_schema(
        operation_id="outcome_heads_return", request=HeadsRequest, responses={201: HeadsReturnSerializer}, tags=TAGS
    )
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """Returns heads of a milestone. Nothing is payable before somebody else accepts them."""
        given = self.read(HeadsRequest)
        statement = self._statement(number, ordinal)
        of = heads_of_one(statement, given["milestone"])
        made = return_volume(
            statement=statement, milestone=of.milestone, billable=given["billable"],
            refundable=given["refundable"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(return_body(made), status=201)


class HeadsReturnView(ApiView):
    """One return of heads."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_heads_one", responses=HeadsReturnSerializer, tags=TAGS)
    def get(self, request: Request, number: str, ordinal: int, code: str, nth: int) -> Response:
        """One return of heads with what was decided."""
        return Response(return_body(volume_return_for(self.actor, number, ordinal, code, nth)))


class HeadsDecisionView(ApiView):
    """Deciding on heads."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_heads_decide", request=HeadsDecision, responses=HeadsReturnSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, ordinal: int, code: str, nth: int) -> Response:
        """Accepts a return of heads or sends it back. Never by who returned it or anybody of their organisation."""
        given = self.read(HeadsDecision)
        found = volume_return_for(self.actor, number, ordinal, code, nth)
        accepted = given["do"] == "accept"
        decide_volume(
            returned=found, accepted=accepted, reason=given["reason"], on=timezone.localdate(), actor=self.actor
        )
        return Response(return_body(volume_return_for(self.actor, number, ordinal, code, nth)))
