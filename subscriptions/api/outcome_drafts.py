"""Contracts that pay on outcomes, before they run: drawn up from a few words, again, offered, answered, or discarded."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import Organisation
from subscriptions.api.outcome_contracts import TAGS, OutcomeContractsView
from subscriptions.api.outcome_shapes import OutcomeContractSerializer, contract_body
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.rules.drawing_up import MONTHS, MOST_MONTHS, Outcome, Plan
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint, HeadsPrices
from subscriptions.outcomes.services.contracting import (
    DRAWING_UP,
    agree_contract,
    decline_contract,
    offer_contract,
)
from subscriptions.outcomes.services.drafting import discard_contract
from subscriptions.outcomes.services.drawing_up import Planned, draft_by_plan, redraft_by_plan

PERCENT: dict[str, Any] = {
    "max_digits": 7,
    "decimal_places": 4,
    "min_value": 0,
    "max_value": 100,
    "default": Decimal(0),
}


class PlannedOutcome(serializers.Serializer[Any]):
    """An outcome and its weight among those that are shown together."""

    name = serializers.CharField(max_length=80)
    weight = serializers.DecimalField(max_digits=7, decimal_places=4, min_value=Decimal("0.0001"))


class PlannedBand(serializers.Serializer[Any]):
    """So many heads at a price each; ``service`` is the percentage of it that is paid on time."""

    capacity = serializers.IntegerField(min_value=1, max_value=10**6)
    price_pence = serializers.IntegerField(min_value=1, max_value=10**9)
    service = serializers.DecimalField(**(PERCENT | {"max_digits": 5, "decimal_places": 2}))


class PlannedMilestone(serializers.Serializer[Any]):
    """A point that heads reach, and its share in percent; together 100."""

    name = serializers.CharField(max_length=80)
    share = serializers.DecimalField(max_digits=7, decimal_places=4, min_value=Decimal("0.0001"), max_value=100)


class DraftRequest(serializers.Serializer[Any]):
    """A contract in a few words. Shares are percentages and come to 100, or to less where it pays by heads; who pays follows
    from its kind."""

    kind = serializers.ChoiceField(choices=OutcomeContract.Kind.choices)
    party = serializers.CharField(max_length=12, help_text="Customer number of the other party.")
    title = serializers.CharField(max_length=160)
    first_day = serializers.DateField()
    months = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS)
    value_pence = serializers.IntegerField(min_value=1, max_value=10**12)
    every = serializers.ChoiceField(choices=[(one, one) for one in MONTHS], help_text="How often it pays.")
    pay_day = serializers.IntegerField(min_value=1, max_value=28, default=25)
    on_time = serializers.DecimalField(**PERCENT)
    on_outputs = serializers.DecimalField(**PERCENT)
    output = serializers.CharField(max_length=80, default="Output")
    on_outcomes = serializers.DecimalField(**PERCENT)
    outcomes = PlannedOutcome(many=True, default=list)
    yearly = serializers.BooleanField(default=False, help_text="Outcomes are shown once a year.")
    outcomes_due = serializers.DateField(allow_null=True, default=None)
    bands = serializers.ListField(
        child=PlannedBand(), default=list, max_length=20, help_text="Where it pays by heads: filled from the first."
    )
    milestones = serializers.ListField(child=PlannedMilestone(), default=list, max_length=20)
    heads_target = serializers.IntegerField(
        min_value=0, max_value=10**6, default=0, help_text="For how many heads the part paid on time is reckoned."
    )
    set_up_pence = serializers.IntegerField(min_value=0, max_value=10**12, default=0)
    evidence = serializers.ListField(child=serializers.CharField(max_length=40), max_length=10, default=list)
    vat = serializers.ChoiceField(choices=[("O", "Outside VAT"), ("S", "Standard rate"), ("E", "Exempt")])
    vat_reason = serializers.CharField(max_length=240, allow_blank=True, default="")
    account = serializers.CharField(max_length=12)
    stream = serializers.CharField(max_length=12)
    purchase_order = serializers.CharField(max_length=20, allow_blank=True, default="")


class DiscardRequest(serializers.Serializer[Any]):
    """Why it is not wanted, where somebody will ask."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ContractAnswer(serializers.Serializer[Any]):
    """What the other party says to an offered contract."""

    do = serializers.ChoiceField(choices=[("agree", "Agree"), ("decline", "Decline")])
    reason = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="Needed to decline.")


class OutcomeContractsDraftView(OutcomeContractsView):
    """Contracts, and drawing one up."""

    @extend_schema(
        operation_id="outcome_contract_draft", request=DraftRequest, responses={201: OutcomeContractSerializer},
        tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Draws a contract up. Nobody but the partnership sees it before it is offered, and nothing is owed by it."""
        if not self.actor.has(*DRAWING_UP):
            raise NotFound("There is no such operation.")
        planned = _planned(self.read(DraftRequest))
        made = draft_by_plan(planned=planned, on=timezone.localdate(), actor=self.actor)
        return Response(contract_body(made), status=201)


class OutcomeOfferView(ApiView):
    """Offering a draft."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_contract_offer", request=None, responses=OutcomeContractSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Puts a draft before the other party. From then on no part of it changes."""
        found = outcome_contract_for(self.actor, number)
        return Response(contract_body(offer_contract(contract=found, on=timezone.localdate(), actor=self.actor)))


class OutcomeContractAnswerView(ApiView):
    """Answering an offered contract."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_contract_answer", request=ContractAnswer, responses=OutcomeContractSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """The other party agrees the contract, which then runs, or declines it with a reason. Never by who offered it."""
        given, found, today = self.read(ContractAnswer), outcome_contract_for(self.actor, number), timezone.localdate()
        if given["do"] == "agree":
            return Response(contract_body(agree_contract(contract=found, on=today, actor=self.actor)))
        done = decline_contract(contract=found, reason=given["reason"], on=today, actor=self.actor)
        return Response(contract_body(done))


class OutcomeRedraftView(ApiView):
    """Drawing a draft up again."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_contract_redraft", request=DraftRequest, responses=OutcomeContractSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Writes a draft anew under its number, every part of it. Refused once it is offered, and where it was drawn up with a
        council's terms, a hub or matched funding."""
        given = self.read(DraftRequest)
        found = outcome_contract_for(self.actor, number)
        self.actor.require(*DRAWING_UP, to="draw up contracts that pay on outcomes")
        done = redraft_by_plan(contract=found, planned=_planned(given), on=timezone.localdate(), actor=self.actor)
        return Response(contract_body(done))


class OutcomeDiscardView(ApiView):
    """Discarding a draft."""

    area = "outcomes"

    @extend_schema(
        operation_id="outcome_contract_discard", request=DiscardRequest, responses=OutcomeContractSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """A draft that is not wanted is never offered. Its number is not used again."""
        given = self.read(DiscardRequest)
        found = outcome_contract_for(self.actor, number)
        done = discard_contract(contract=found, reason=given["reason"], on=timezone.localdate(), actor=self.actor)
        return Response(contract_body(done))


def _planned(given: dict[str, Any]) -> Planned:
    party = Organisation.objects.filter(number=given["party"]).first()
    if party is None:
        raise WrongInput("No organisation has this customer number. Check it on the organisation's page.")
    same = (
        "first_day", "months", "value_pence", "every", "pay_day", "on_time", "on_outputs", "output", "on_outcomes",
        "yearly", "outcomes_due", "heads_target", "set_up_pence",
    )  # fmt: skip
    heads = HeadsPrices(
        tuple(HeadsBand(one["capacity"], one["price_pence"], one["service"] / 100) for one in given["bands"]),
        tuple(
            HeadsPoint(f"m{at}", one["name"], one["share"] / 100) for at, one in enumerate(given["milestones"], start=1)
        ),
    )
    plan = Plan(
        **{name: given[name] for name in same}, outcomes=[Outcome(**one) for one in given["outcomes"]], heads=heads
    )
    return Planned(
        kind=given["kind"], party=party, title=given["title"], plan=plan,
        vat=VatTreatment(given["vat"], vat_rate_on(given["vat"], given["first_day"]), given["vat_reason"]),
        account_code=given["account"], stream_code=given["stream"], purchase_order=given["purchase_order"],
        evidence_types=tuple(given["evidence"]),
    )  # fmt: skip
