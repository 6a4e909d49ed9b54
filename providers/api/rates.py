"""Rates of consultants and their negotiation, for programs."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from providers.models import Rate, RateProposal, RateStep
from providers.profiles.queries import consultant_for
from providers.rates.models import Side
from providers.rates.negotiating import WORDS_LIMIT, agree_rates, counter_rates, propose_rates, withdraw_rates
from providers.rates.queries import proposal_for, proposals_for, rates_for, steps_of
from providers.rates.rules.terms import MOST_PENCE, RateTerms

TAGS = ["rates"]
_PENCE: dict[str, Any] = {"min_value": 1, "max_value": MOST_PENCE}


class RateFilters(FilterSet):
    """By consultant, unit, for whom, and a day on which it holds."""

    consultant = CharFilter(field_name="consultant__code", max_length=60)
    unit = ChoiceFilter(choices=Rate.Unit.choices)
    audience = ChoiceFilter(choices=Rate.Audience.choices)
    on = DateFilter(method="holding", label="A day on which it holds")

    class Meta:
        model = Rate
        fields: list[str] = []

    def holding(self, found: QuerySet[Rate], name: str, day: Any) -> QuerySet[Rate]:
        return found.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class RateRow(serializers.Serializer[Any]):
    """What one unit costs a school and earns the provider, in pence before VAT."""

    consultant = serializers.CharField()
    provider = serializers.CharField()
    unit = serializers.ChoiceField(choices=Rate.Unit.choices)
    audience = serializers.ChoiceField(choices=Rate.Audience.choices)
    sell_pence = serializers.IntegerField(help_text="What the school pays.")
    buy_pence = serializers.IntegerField(help_text="What the provider earns of it.")
    mileage_pence = serializers.IntegerField(help_text="For a mile; 0 where travel is included.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The day after the last.")


class RateProposalFilters(FilterSet):
    """By consultant, state, and whose turn it is."""

    consultant = CharFilter(field_name="consultant__code", max_length=60)
    state = ChoiceFilter(choices=RateProposal.State.choices)
    waits_for = ChoiceFilter(choices=Side.choices)

    class Meta:
        model = RateProposal
        fields: list[str] = []


class RateProposalRow(serializers.Serializer[Any]):
    """One negotiation in a list."""

    number = serializers.CharField()
    consultant = serializers.CharField()
    state = serializers.ChoiceField(choices=RateProposal.State.choices)
    waits_for = serializers.ChoiceField(choices=Side.choices, help_text="Whose turn it is while it is open.")
    opened_on = serializers.DateField()
    closed_on = serializers.DateField(allow_null=True)


class RateTermsSerializer(serializers.Serializer[Any]):
    """What is put forward. Pence before VAT; the shorter units are a percentage of the day, 0 where not offered."""

    day_pence = serializers.IntegerField(
        **_PENCE, help_text="For members: the school's price where brokerage is inclusive, else the provider's fee."
    )
    other_day_pence = serializers.IntegerField(**_PENCE, help_text="The same for other schools.")
    brokerage = serializers.ChoiceField(choices=Rate.Brokerage.choices)
    share = serializers.DecimalField(
        max_digits=6,
        decimal_places=5,
        min_value=0,
        max_value=Decimal("0.99999"),
        default=Decimal(0),
        help_text="0.15 for 15%.",
    )
    fixed_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    half_day_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    twilight_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    hour_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    by_mile = serializers.BooleanField(default=False, help_text="Travel by the mile; else it is included.")


class NewRateProposal(RateTermsSerializer):
    """A negotiation to open."""

    consultant = serializers.CharField(max_length=60)
    valid_from = serializers.DateField()
    words = serializers.CharField(max_length=WORDS_LIMIT, allow_blank=True, default="")


class RateCounter(RateTermsSerializer):
    """What is put forward instead."""

    valid_from = serializers.DateField()
    seen = serializers.IntegerField(min_value=1, max_value=10_000, help_text="The position of the last step seen.")
    words = serializers.CharField(max_length=WORDS_LIMIT, allow_blank=True, default="")


class RateSeen(serializers.Serializer[Any]):
    """What is agreed to."""

    seen = serializers.IntegerField(min_value=1, max_value=10_000, help_text="The position of the last step seen.")
    words = serializers.CharField(max_length=WORDS_LIMIT, allow_blank=True, default="")


class RateEnding(serializers.Serializer[Any]):
    """Why it ends without an agreement."""

    words = serializers.CharField(max_length=WORDS_LIMIT, allow_blank=True, default="")


class RateStepSerializer(RateTermsSerializer):
    """One step, as it was taken."""

    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RateStep.Kind.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    person = serializers.CharField()
    on = serializers.DateField()
    valid_from = serializers.DateField()
    words = serializers.CharField(allow_blank=True)


class RateProposalSerializer(RateProposalRow):
    """A negotiation with every step, the first one first."""

    steps = RateStepSerializer(many=True)


def _body(proposal: RateProposal) -> dict[str, Any]:
    names = [*RateTerms.__dataclass_fields__, "position", "kind", "side", "on", "valid_from", "words"]
    steps = [{name: getattr(one, name) for name in names} | {"person": one.person.name} for one in steps_of(proposal)]
    own = ("number", "state", "waits_for", "opened_on", "closed_on")
    whole = {name: getattr(proposal, name) for name in own} | {"consultant": proposal.consultant.code, "steps": steps}
    return dict(RateProposalSerializer(whole).data)


def _terms(given: dict[str, Any]) -> RateTerms:
    return RateTerms(**{name: given[name] for name in RateTerms.__dataclass_fields__})


class RatesView(ListView):
    """Rates with both sides."""

    area = "catalogue"
    serializer_class = RateRow
    filterset_class = RateFilters
    columns = {
        "consultant": "consultant__code", "provider": "consultant__provider__code", "unit": "unit",
        "audience": "audience", "sell_pence": "sell_pence", "buy_pence": "buy_pence", "mileage_pence": "mileage_pence",
        "valid_from": "valid_from", "valid_to": "valid_to",
    }  # fmt: skip

    def rows(self) -> QuerySet[Rate]:
        return rates_for(self.actor)

    @extend_schema(operation_id="rates", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Agreed rates: a provider's and a consultant's own; all of them for organisers and finance."""
        return self.page()


class ProposalsView(ListView):
    """Negotiations of rates."""

    area = "catalogue"
    serializer_class = RateProposalRow
    filterset_class = RateProposalFilters
    columns = {
        "number": "number", "consultant": "consultant__code", "state": "state", "waits_for": "waits_for",
        "opened_on": "opened_on", "closed_on": "closed_on",
    }  # fmt: skip

    def rows(self) -> QuerySet[RateProposal]:
        return proposals_for(self.actor)

    @extend_schema(operation_id="rate_proposals", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Negotiations: a provider's and a consultant's own; all of them for organisers and finance."""
        return self.page()

    @extend_schema(
        operation_id="rate_proposal_open", request=NewRateProposal, responses={201: RateProposalSerializer}, tags=TAGS
    )
    def post(self, request: Request) -> Response:
        """Proposes rates of a consultant. For the provider's staff, organisers and finance managers."""
        given = self.read(NewRateProposal)
        made = propose_rates(
            consultant=consultant_for(self.actor, given["consultant"]), terms=_terms(given), words=given["words"],
            valid_from=given["valid_from"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(_body(made), status=201)


class ProposalView(ApiView):
    """One negotiation."""

    area = "catalogue"

    @extend_schema(operation_id="rate_proposal", responses=RateProposalSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """The negotiation with every step."""
        return Response(_body(proposal_for(self.actor, number)))


class CounterView(ApiView):
    """Proposing otherwise."""

    area = "catalogue"

    @extend_schema(
        operation_id="rate_proposal_counter", request=RateCounter, responses=RateProposalSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Puts other terms on the table; the other side is to answer."""
        proposal, given = proposal_for(self.actor, number), self.read(RateCounter)
        made = counter_rates(
            proposal=proposal, terms=_terms(given), valid_from=given["valid_from"], seen=given["seen"],
            words=given["words"], on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(_body(made))


class AgreementView(ApiView):
    """Agreeing."""

    area = "catalogue"

    @extend_schema(operation_id="rate_proposal_agree", request=RateSeen, responses=RateProposalSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Agrees what the other side put forward: its prices become the consultant's rates."""
        proposal, given = proposal_for(self.actor, number), self.read(RateSeen)
        made = agree_rates(
            proposal=proposal, seen=given["seen"], words=given["words"], on=timezone.localdate(), actor=self.actor
        )
        return Response(_body(made))


class WithdrawalView(ApiView):
    """Ending without an agreement."""

    area = "catalogue"

    @extend_schema(
        operation_id="rate_proposal_withdraw", request=RateEnding, responses=RateProposalSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Ends the negotiation; the rates stay as they are."""
        proposal, given = proposal_for(self.actor, number), self.read(RateEnding)
        return Response(
            _body(withdraw_rates(proposal=proposal, words=given["words"], on=timezone.localdate(), actor=self.actor))
        )
