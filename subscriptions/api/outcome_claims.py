"""Claims that an amount's measure is met: made by who claims, decided by somebody of another organisation."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import WrongInput
from subscriptions.api.outcome_shapes import FIGURE, ClaimSerializer, claim_body
from subscriptions.outcomes.models import Submission
from subscriptions.outcomes.queries import item_for, submission_for, submissions_for
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.deciding import accept, accept_part, reject

TAGS = ["outcome contracts"]
_SAME = ("ordinal", "state", "claimed", "accepted", "words", "submitted_on", "decide_by", "decided_on", "reason")


class ClaimRequest(serializers.Serializer[Any]):
    """What is claimed, in the measure's unit; without a figure what the platform counted is claimed. Name no pupils."""

    claimed = serializers.DecimalField(allow_null=True, default=None, **FIGURE)
    words = serializers.CharField(max_length=4000, allow_blank=True, default="")


class ClaimDecision(serializers.Serializer[Any]):
    """Accepted as it was claimed, in part (``accepted`` in the measure's unit), or sent back; the last two with a reason."""

    do = serializers.ChoiceField(
        choices=[("accept", "Accept"), ("accept_part", "Accept part"), ("reject", "Send back")]
    )
    accepted = serializers.DecimalField(allow_null=True, default=None, **FIGURE)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ClaimFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=Submission.State.choices)

    class Meta:
        model = Submission
        fields: list[str] = []


class ClaimsView(ListView):
    """Claims."""

    area = "outcomes"
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilters
    columns = {**{name: name for name in _SAME}, "contract": "item__contract__number", "item": "item__code"}

    def rows(self) -> QuerySet[Submission]:
        return submissions_for(self.actor)

    @extend_schema(operation_id="outcome_claims", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Claims of your contracts, and those that are yours to decide or were decided by your organisation."""
        return self.page()


class ClaimView(ApiView):
    """One claim."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_claim", responses=ClaimSerializer, tags=TAGS)
    def get(self, request: Request, number: str, code: str, ordinal: int) -> Response:
        """One claim with what was decided."""
        return Response(claim_body(submission_for(self.actor, number, code, ordinal)))


class ClaimsOfItemView(ApiView):
    """Claiming an amount."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_claim_send", request=ClaimRequest, responses={201: ClaimSerializer}, tags=TAGS)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Claims an amount with the evidence that lies on it. Nothing is payable before somebody else accepts it."""
        given = self.read(ClaimRequest)
        item = item_for(self.actor, number, code)
        made = submit(item=item, on=timezone.localdate(), actor=self.actor, **given)
        return Response(claim_body(submission_for(self.actor, number, code, made.ordinal)), status=201)


class ClaimDecisionView(ApiView):
    """Deciding on a claim."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_claim_decide", request=ClaimDecision, responses=ClaimSerializer, tags=TAGS)
    def post(self, request: Request, number: str, code: str, ordinal: int) -> Response:
        """Accepts a claim, accepts part of it, or sends it back. Never by the claimant or anybody of their organisation."""
        given = self.read(ClaimDecision)
        found = submission_for(self.actor, number, code, ordinal)
        common: dict[str, Any] = {"submission": found, "on": timezone.localdate(), "actor": self.actor}
        if given["do"] == "accept":
            accept(**common)
        elif given["do"] == "reject":
            reject(reason=given["reason"], **common)
        elif given["accepted"] is None:
            raise WrongInput("Enter what you accept, in the measure's unit")
        else:
            accept_part(accepted=given["accepted"], reason=given["reason"], **common)
        return Response(claim_body(submission_for(self.actor, number, code, ordinal)))
