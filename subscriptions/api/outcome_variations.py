"""Variations of contracts that pay on outcomes: worked out, proposed, approved by both sides."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.api.outcome_shapes import (
    CODE,
    VariationPeriodRow,
    VariationSerializer,
    period_bodies,
    version_body,
)
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.rules.variation import Preview
from subscriptions.outcomes.services.carrying_out import VariationImpossible
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.terms import BandTerms, ItemTerms, MeasureTerms, MilestoneTerms, StatementTerms
from subscriptions.outcomes.services.varying import (
    approve_variation,
    decline_variation,
    preview_of,
    preview_variation,
    propose_variation,
    side_of,
    withdraw_variation,
)

TAGS = ["outcome contracts"]
MOST = 200


class NewMeasure(serializers.Serializer[Any]):
    """Something more to be shown."""

    code = serializers.RegexField(CODE)
    kind = serializers.ChoiceField(choices=Measure.Kind.choices)
    name = serializers.CharField(max_length=160)
    due_on = serializers.DateField()
    unit = serializers.CharField(max_length=40, allow_blank=True, default="")
    target = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True, default=None)
    baseline = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True, default=None)


class NewAmount(serializers.Serializer[Any]):
    """One more amount in pence before VAT; ``measure`` is what it hangs on, empty where it is paid on time."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=160)
    pence = serializers.IntegerField(min_value=1, max_value=10**11)
    service_from = serializers.DateField()
    service_to = serializers.DateField(help_text="The day after the last.")
    claimed_from = serializers.DateField()
    due_on = serializers.DateField()
    measure = serializers.CharField(max_length=40, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["service_to"] <= attrs["service_from"]:
            raise serializers.ValidationError({"service_to": "Must be after service_from."})
        return attrs


class NewStatement(serializers.Serializer[Any]):
    """One more statement behind the last one."""

    service_from = serializers.DateField()
    cut_off = serializers.DateField(help_text="Its last day.")
    pay_on = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["pay_on"] <= attrs["cut_off"]:
            raise serializers.ValidationError({"pay_on": "Must be after cut_off."})
        return attrs


class NewBand(serializers.Serializer[Any]):
    """So many heads at so many pence each; ``service`` is the part of it that is paid on time."""

    capacity = serializers.IntegerField(min_value=1, max_value=10**7)
    price_pence = serializers.IntegerField(min_value=1, max_value=10**11)
    service = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=0, max_value=Decimal("0.9999"), default=Decimal(0)
    )


class NewMilestone(serializers.Serializer[Any]):
    """A point that heads reach, and its share of what is not paid on time; all shares come to 1."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=160)
    share = serializers.DecimalField(max_digits=7, decimal_places=6, min_value=0, max_value=1)


class VariationTerms(serializers.Serializer[Any]):
    """Other terms from a day on. ``value_pence`` is the whole contract's from then on, ``valid_to`` its later end. Bands and
    milestones take the place of all that there are; without them they stay."""

    valid_from = serializers.DateField()
    value_pence = serializers.IntegerField(min_value=1, max_value=10**12)
    left_out = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST, default=list)
    measures = NewMeasure(many=True, default=list)
    amounts = NewAmount(many=True, default=list)
    statements = NewStatement(many=True, default=list)
    valid_to = serializers.DateField(allow_null=True, default=None, help_text="The day after the last.")
    bands = NewBand(many=True, default=list)
    milestones = NewMilestone(many=True, default=list)


class VariationRequest(VariationTerms):
    """The terms, why, and when notice was given."""

    reason = serializers.CharField(max_length=300)
    notice_given_on = serializers.DateField(allow_null=True, default=None)


class VariationAnswer(serializers.Serializer[Any]):
    """Each side approves or declines (with the reason); the side that proposed it withdraws."""

    do = serializers.ChoiceField(choices=[("approve", "Approve"), ("decline", "Decline"), ("withdraw", "Withdraw")])
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class VariationPreviewSerializer(serializers.Serializer[Any]):
    """What a variation would change."""

    value_before_pence = serializers.IntegerField()
    value_after_pence = serializers.IntegerField()
    valid_to_before = serializers.DateField(help_text="The day after the last, as of now.")
    valid_to_after = serializers.DateField()
    on_time_before_pence = serializers.IntegerField(help_text="What contracts by heads pay on time in all, as of now.")
    on_time_after_pence = serializers.IntegerField()
    paid_pence = serializers.IntegerField(help_text="On frozen statements, with what is retained.")
    periods: Any = VariationPeriodRow(many=True)


class VariationPreviewView(ApiView):
    """What a variation would change."""

    area = "outcomes"
    calculates = True

    @extend_schema(
        operation_id="outcome_variation_preview",
        request=VariationTerms,
        responses=VariationPreviewSerializer,
        tags=TAGS,
    )
    def post(self, request: Request, number: str) -> Response:
        """Works out what each period would pay: the calculation that is proposed and approved. Nothing is written."""
        given = self.read(VariationTerms)
        found = outcome_contract_for(self.actor, number)
        side_of(found, self.actor, to="propose variations of this contract")
        preview = preview_variation(**_asked(found, given))
        return Response(
            {
                "value_before_pence": preview.value_before, "value_after_pence": preview.value_after,
                "valid_to_before": preview.term_before.end, "valid_to_after": preview.term_after.end,
                "on_time_before_pence": preview.on_time_before, "on_time_after_pence": preview.on_time_after,
                "paid_pence": preview.paid, "periods": period_bodies(preview),
            }
        )  # fmt: skip


class VariationsView(ApiView):
    """Proposing a variation."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_variation_propose",
        request=VariationRequest,
        responses={201: VariationSerializer},
        tags=TAGS,
    )
    def post(self, request: Request, number: str) -> Response:
        """Puts other terms before both sides, by either of them. They are in force once both have approved; not by who proposed
        them."""
        given = self.read(VariationRequest)
        found = outcome_contract_for(self.actor, number)
        made = propose_variation(
            **_asked(found, given), reason=given["reason"], notice_given_on=given["notice_given_on"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(_shown(made), status=201)


class VariationView(ApiView):
    """One version of a contract's terms."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_variation", responses=VariationSerializer, tags=TAGS)
    def get(self, request: Request, number: str, version: int) -> Response:
        """A version; while it waits with what each period pays before and after."""
        return Response(_shown(_version(outcome_contract_for(self.actor, number), version)))


class VariationAnswerView(ApiView):
    """Answering a variation."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_variation_answer", request=VariationAnswer, responses=VariationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, version: int) -> Response:
        """Approves for your side (in force once both have), declines with the reason, or withdraws."""
        given = self.read(VariationAnswer)
        found = _version(outcome_contract_for(self.actor, number), version)
        common: dict[str, Any] = {"version": found, "on": timezone.localdate(), "actor": self.actor}
        if given["do"] == "approve":
            done = approve_variation(**common)
        elif given["do"] == "decline":
            done = decline_variation(reason=given["reason"], **common)
        else:
            done = withdraw_variation(**common)
        return Response(_shown(done))


def _version(contract: OutcomeContract, number: int) -> ContractVersion:
    found = ContractVersion.objects.select_related("contract").filter(contract=contract, number=number).first()
    if found is None:
        raise NotFound("There is no such version.")
    return found


def _shown(version: ContractVersion) -> dict[str, Any]:
    preview: Preview | None = None
    if version.state == ContractVersion.State.PROPOSED and version.number > 1:
        try:
            preview = preview_of(version)
        except VariationImpossible:
            preview = None
    return version_body(version, preview)


def _asked(contract: OutcomeContract, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "contract": contract, "valid_from": given["valid_from"], "valid_to": given["valid_to"],
        "value": Money(given["value_pence"]), "changes": _changes(given),
    }  # fmt: skip


def _changes(given: dict[str, Any]) -> Changes:
    return Changes(
        left_out=given["left_out"],
        measures=[MeasureTerms(**one) for one in given["measures"]],
        items=[
            ItemTerms(
                code=one["code"], name=one["name"], pence=one["pence"],
                service=Period(one["service_from"], one["service_to"]), claimed_from=one["claimed_from"],
                due_on=one["due_on"], measure=one["measure"],
            )
            for one in given["amounts"]
        ],
        statements=[StatementTerms(**one) for one in given["statements"]],
        bands=[BandTerms(**one) for one in given["bands"]],
        milestones=[MilestoneTerms(**one) for one in given["milestones"]],
    )  # fmt: skip
