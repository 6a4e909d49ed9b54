"""Council contracts as the partnership draws them up by a program: the contract, its indicators, its handover."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money
from subscriptions.api.council_contracts import (
    AREA,
    TAGS,
    CouncilContractSerializer,
    CouncilContractsView,
    HandoverRow,
    IndicatorRow,
    contract_body,
    steps_of,
)
from subscriptions.api.support_shapes import named
from subscriptions.commissions.models import Block, CouncilContract, Indicator
from subscriptions.commissions.queries import council_contract_for
from subscriptions.commissions.rules.quarters import lines_of, quarterly
from subscriptions.commissions.services.drafting import (
    LONGEST_CODE,
    MOST_YEARS,
    IndicatorTerms,
    Terms,
    add_indicator,
    draft_quarterly,
)
from subscriptions.commissions.services.handover import (
    MOST_STEPS,
    StepTerms,
    add_handover_steps,
    plan_handover,
    tick_handover,
)
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.rules.drawing_up import FIRST_YEAR, LAST_YEAR
from subscriptions.outcomes.services.contracting import DRAWING_UP

Kind = OutcomeContract.Kind
KINDS = [(one.value, one.label) for one in (Kind.COUNCIL, Kind.NHS, Kind.DEPARTMENT)]
VAT = [("S", "Standard rate"), ("E", "Exempt"), ("O", "Outside the scope of VAT")]
LONGEST_DEFINITION, MOST_WEEKS, MOST_DAYS = 4_000, 104, 400


def in_reach(day: date) -> None:
    """Refuses a day outside the years in which contracts run: a typing mistake."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise serializers.ValidationError(f"Must be a day of the years {FIRST_YEAR} to {LAST_YEAR}.")


class IndicatorTermsRequest(serializers.Serializer[Any]):
    """By what a contract is judged. ``weeks`` belongs to cases within statutory weeks, and to them alone."""

    code = serializers.SlugField(max_length=LONGEST_CODE)
    name = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=Indicator.Kind.choices)
    target = serializers.DecimalField(
        max_digits=14, decimal_places=4, min_value=Decimal(0), help_text="In its unit, or in percent."
    )
    definition = serializers.CharField(max_length=LONGEST_DEFINITION, allow_blank=True, default="")
    unit = serializers.CharField(max_length=40, allow_blank=True, default="")
    weeks = serializers.IntegerField(min_value=1, max_value=MOST_WEEKS, allow_null=True, default=None)
    lower_is_better = serializers.BooleanField(default=False)


class IndicatorRequest(IndicatorTermsRequest):
    """One more indicator, to be reached by a day."""

    due_on = serializers.DateField(validators=[in_reach])


class BlockShare(serializers.Serializer[Any]):
    """How much of each financial year one block pays."""

    block = serializers.ChoiceField(choices=Block.choices)
    percent = serializers.IntegerField(min_value=1, max_value=100)


class CouncilDraftRequest(serializers.Serializer[Any]):
    """A contract of so much a year, paid by quarter, a part of each quarter at risk on one indicator."""

    party = serializers.SlugField(max_length=12, help_text="Customer number of who buys.")
    kind = serializers.ChoiceField(choices=KINDS, default=Kind.COUNCIL.value)
    title = serializers.CharField(max_length=160)
    statutory_basis = serializers.CharField(max_length=240)
    start = serializers.DateField(validators=[in_reach])
    years_pence = serializers.ListField(
        child=pence(), min_length=1, max_length=MOST_YEARS, help_text="What each year comes to before VAT."
    )
    blocks: Any = serializers.ListSerializer(child=BlockShare(), min_length=1, max_length=len(Block))
    at_risk = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=Decimal(0), max_value=Decimal(99), default=Decimal(0),
        help_text="Percent of each quarter that hangs on the indicator.",
    )  # fmt: skip
    indicator: Any = IndicatorTermsRequest(allow_null=True, default=None)
    notice_days = serializers.IntegerField(min_value=0, max_value=MOST_DAYS, default=90)
    return_days = serializers.IntegerField(
        min_value=0, max_value=MOST_DAYS, default=21, help_text="Days from a quarter's end to its return."
    )
    vat = serializers.ChoiceField(choices=VAT)
    vat_reason = serializers.CharField(max_length=240, allow_blank=True, default="")
    purchase_order = serializers.CharField(max_length=20, allow_blank=True, default="")
    analysis_code = serializers.CharField(max_length=20, allow_blank=True, default="")

    def validate_blocks(self, shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["block"] for one in shares}) != len(shares):
            raise serializers.ValidationError("A block stands there twice. Add the two up.")
        if sum(one["percent"] for one in shares) != 100:
            raise serializers.ValidationError("The percentages of the blocks must add up to 100.")
        return shares


class StepRequest(serializers.Serializer[Any]):
    """One thing to hand over by a day."""

    text = serializers.CharField(max_length=200)
    due_on = serializers.DateField(validators=[in_reach])


class HandoverRequest(serializers.Serializer[Any]):
    """The usual steps, once, and more behind them."""

    usual = serializers.BooleanField(
        default=False, help_text="Plans the usual steps, counted from the contract's last day. Never a second time."
    )
    steps: Any = serializers.ListSerializer(child=StepRequest(), max_length=MOST_STEPS, default=list)


class TickRequest(serializers.Serializer[Any]):
    """Whether it is done."""

    done = serializers.BooleanField()


class CouncilContractsDraftView(CouncilContractsView):
    """Council contracts, and drawing one up."""

    @extend_schema(
        operation_id="council_contract_draft", request=CouncilDraftRequest,
        responses={201: CouncilContractSerializer}, tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Draws a council's contract up with its quarters, returns, statements and lines. Nobody but the partnership sees it
        before it is offered, and nothing is owed by it. Offer, answer and discard it as an outcome contract."""
        if not self.actor.has(*DRAWING_UP):
            raise NotFound("There is no such operation.")
        made = _drafted(self.read(CouncilDraftRequest), self.actor)
        return Response(contract_body(made, made.packages.all()), status=201)


def _drafted(given: dict[str, Any], actor: Any) -> CouncilContract:
    share = given["at_risk"] / 100
    years = [Money(one) for one in given["years_pence"]]
    weights = {one["block"]: one["percent"] for one in given["blocks"]}
    lines = lines_of(quarterly(start=given["start"], years=years, at_risk=share), weights)
    return draft_quarterly(
        party=named(given["party"]), title=given["title"], start=given["start"], years=years, at_risk=share,
        indicator=IndicatorTerms(**given["indicator"]) if given["indicator"] else None,
        terms=Terms(given["statutory_basis"], lines, given["notice_days"], given["return_days"]),
        vat=VatTreatment(given["vat"], vat_rate_on(given["vat"], given["start"]), given["vat_reason"]),
        kind=given["kind"], purchase_order=given["purchase_order"], analysis_code=given["analysis_code"],
        on=timezone.localdate(), actor=actor,
    )  # fmt: skip


class CouncilIndicatorsView(ApiView):
    """Adding an indicator."""

    area = AREA

    @extend_schema(
        operation_id="council_indicator_add", request=IndicatorRequest, responses={201: IndicatorRow}, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """One more indicator, on which nothing is at risk. For whoever draws contracts up, while the contract is not over."""
        given, council = dict(self.read(IndicatorRequest)), council_contract_for(self.actor, number)
        due_on = given.pop("due_on")
        made = add_indicator(council=council, terms=IndicatorTerms(**given), due_on=due_on, actor=self.actor)
        return Response(IndicatorRow(made).data, status=201)


class CouncilHandoverView(ApiView):
    """Planning the handover."""

    area = AREA

    @extend_schema(
        operation_id="council_handover_plan", request=HandoverRequest, responses=HandoverRow(many=True), tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Plans what is handed over at the contract's end; answers all of it. For whoever draws contracts up, once agreed."""
        given, council = self.read(HandoverRequest), council_contract_for(self.actor, number)
        if not given["usual"] and not given["steps"]:
            raise WrongInput("Ask for the usual steps, or give steps of your own")
        if given["usual"]:
            plan_handover(council=council, actor=self.actor)
        if given["steps"]:
            steps = [StepTerms(**one) for one in given["steps"]]
            add_handover_steps(council=council, steps=steps, actor=self.actor)
        return Response(steps_of(council))


class CouncilHandoverStepView(ApiView):
    """A step of the handover."""

    area = AREA

    @extend_schema(
        operation_id="council_handover_tick", request=TickRequest, responses=HandoverRow(many=True), tags=TAGS
    )
    def post(self, request: Request, number: str, position: int) -> Response:
        """A step is done, or was not after all; answers the whole handover. For whoever draws contracts up."""
        given, council = self.read(TickRequest), council_contract_for(self.actor, number)
        self.actor.require(*DRAWING_UP, to="hand over")
        found = council.handover.filter(position=position).first()
        if found is None:
            raise NotFound(f"The handover has no step {position}.")
        tick_handover(step=found, done=given["done"], on=timezone.localdate(), actor=self.actor)
        return Response(steps_of(council))
