"""Council contracts for programs of a council, and of the partnership: read."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from subscriptions.commissions.models import Block, CouncilContract, Indicator, Package, PackageDraw, QuarterReturn
from subscriptions.commissions.queries import (
    council_contract_for,
    council_contracts_for,
    draws_for,
    packages_for,
    return_for,
    returns_for,
)
from subscriptions.outcomes.models import OutcomeContract

TAGS = ["council contracts"]
AREA = "outcomes"


class CouncilContractRow(serializers.Serializer[Any]):
    """A council contract; sums are pence before VAT."""

    number = serializers.CharField()
    title = serializers.CharField()
    party = serializers.CharField(help_text="Customer number of who buys.")
    state = serializers.ChoiceField(choices=OutcomeContract.State.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    value_pence = serializers.IntegerField()
    charged_pence = serializers.IntegerField(help_text="What its frozen statements came to.")


class FundingLineRow(serializers.Serializer[Any]):
    """So much of one block for one financial year."""

    year_from = serializers.DateField(help_text="1 April.")
    block = serializers.ChoiceField(choices=Block.choices)
    pence = serializers.IntegerField()


class PackageRow(serializers.Serializer[Any]):
    """What the contract pays for some schools, in units."""

    code = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    block = serializers.ChoiceField(choices=Block.choices)
    price_pence = serializers.IntegerField(help_text="Worth of a unit before VAT.")
    allocation = serializers.DecimalField(max_digits=10, decimal_places=2)
    drawn = serializers.DecimalField(max_digits=10, decimal_places=2)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    confidential = serializers.BooleanField(help_text="Never tell others which schools are on it.")


class IndicatorRow(serializers.Serializer[Any]):
    """By what the contract is judged."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Indicator.Kind.choices)
    target = serializers.DecimalField(max_digits=14, decimal_places=4)
    lower_is_better = serializers.BooleanField()
    weeks = serializers.IntegerField(allow_null=True, help_text="Statutory weeks, for cases within them.")
    due_on = serializers.DateField()


class HandoverRow(serializers.Serializer[Any]):
    """One thing to hand over at the end."""

    position = serializers.IntegerField()
    text = serializers.CharField()
    due_on = serializers.DateField()
    done_on = serializers.DateField(allow_null=True)


class CouncilContractSerializer(CouncilContractRow):
    """A council contract with its lines, packages, indicators and handover."""

    statutory_basis = serializers.CharField()
    notice_days = serializers.IntegerField()
    lines: Any = FundingLineRow(many=True)
    packages: Any = PackageRow(many=True)
    indicators: Any = IndicatorRow(many=True)
    handover: Any = HandoverRow(many=True)


class DrawRow(serializers.Serializer[Any]):
    """What one source took of a package for a school."""

    contract = serializers.CharField()
    package = serializers.CharField()
    school = serializers.CharField(help_text="Customer number.")
    label: Any = serializers.CharField()
    on = serializers.DateField()
    units = serializers.DecimalField(max_digits=10, decimal_places=2)
    released = serializers.DecimalField(max_digits=10, decimal_places=2, help_text="Units given back since.")
    price_pence = serializers.IntegerField(help_text="Worth of a unit before VAT at that time.")


class ReturnRow(serializers.Serializer[Any]):
    """A quarterly return."""

    contract = serializers.CharField()
    ordinal = serializers.IntegerField()
    state = serializers.ChoiceField(choices=QuarterReturn.State.choices)
    quarter_from = serializers.DateField()
    quarter_to = serializers.DateField(help_text="The day after the last.")
    due_on = serializers.DateField()
    sent_on = serializers.DateField(allow_null=True)


class ReadingRow(serializers.Serializer[Any]):
    """An indicator in the quarter; counts are of cases, of whom nobody is named."""

    indicator = serializers.CharField()
    value = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    part = serializers.IntegerField(allow_null=True)
    whole = serializers.IntegerField(allow_null=True)
    excepted = serializers.IntegerField()
    source: Any = serializers.CharField()


class ReturnSerializer(ReturnRow):
    """A return with its readings, its figures and what was written."""

    narrative = serializers.CharField(allow_blank=True)
    query = serializers.CharField(allow_blank=True)
    figures = serializers.DictField(help_text="What the platform counted when it was sent; empty before.")
    readings: Any = ReadingRow(many=True)


_OF_CONTRACT = ("number", "title", "state", "valid_from", "valid_to", "value_pence")
_OF_PACKAGE = tuple(PackageRow().fields)
_OF_INDICATOR = tuple(IndicatorRow().fields)
_OF_RETURN = ("ordinal", "state", "quarter_from", "quarter_to", "due_on", "sent_on")


def contract_body(council: CouncilContract, packages: QuerySet[Package]) -> dict[str, Any]:
    """In the form of ``CouncilContractSerializer``."""
    contract = council.contract
    return {name: getattr(contract, name) for name in _OF_CONTRACT} | {
        "party": contract.party.number,
        "charged_pence": contract.settled_pence,
        "statutory_basis": council.statutory_basis,
        "notice_days": council.notice_days,
        "lines": [{"year_from": one.year_from, "block": one.block, "pence": one.pence} for one in council.lines.all()],
        "packages": [{name: getattr(one, name) for name in _OF_PACKAGE} for one in packages.order_by("code")],
        "indicators": [{name: getattr(one, name) for name in _OF_INDICATOR} for one in council.indicators.all()],
        "handover": steps_of(council),
    }


def steps_of(council: CouncilContract) -> list[dict[str, Any]]:
    """Each in the form of ``HandoverRow``."""
    return list(council.handover.values(*HandoverRow().fields))


def return_body(found: QuarterReturn) -> dict[str, Any]:
    """In the form of ``ReturnSerializer``."""
    own = ("value", "part", "whole", "excepted", "source")
    return {name: getattr(found, name) for name in _OF_RETURN} | {
        "contract": found.council.contract.number,
        "narrative": found.narrative,
        "query": found.query,
        "figures": found.figures,
        "readings": [
            {"indicator": one.indicator.code} | {name: getattr(one, name) for name in own}
            for one in found.readings.select_related("indicator").order_by("indicator__code")
        ],
    }


class CouncilContractFilters(FilterSet):
    """By state and by who buys."""

    state = ChoiceFilter(field_name="contract__state", choices=OutcomeContract.State.choices)
    party = CharFilter(field_name="contract__party__number", max_length=12, help_text="Customer number.")

    class Meta:
        model = CouncilContract
        fields: list[str] = []


class DrawFilters(FilterSet):
    """By contract."""

    contract = CharFilter(field_name="package__council__contract__number", max_length=20)

    class Meta:
        model = PackageDraw
        fields: list[str] = []


class ReturnFilters(FilterSet):
    """By contract and state."""

    contract = CharFilter(field_name="council__contract__number", max_length=20)
    state = ChoiceFilter(choices=QuarterReturn.State.choices)

    class Meta:
        model = QuarterReturn
        fields: list[str] = []


class CouncilContractsView(ListView):
    """Council contracts."""

    area = AREA
    serializer_class = CouncilContractRow
    filterset_class = CouncilContractFilters
    columns = {
        **{name: f"contract__{name}" for name in _OF_CONTRACT},
        "party": "contract__party__number",
        "charged_pence": "contract__settled_pence",
    }

    def rows(self) -> QuerySet[CouncilContract]:
        return council_contracts_for(self.actor)

    @extend_schema(operation_id="council_contracts", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Contracts of your council; all of them for organisers, finance and the auditor."""
        return self.page()


class CouncilContractView(ApiView):
    """One council contract."""

    area = AREA

    @extend_schema(operation_id="council_contract", responses=CouncilContractSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """One contract with its lines, packages, indicators and handover. Confidential packages are told to commissioners and
        organisers alone."""
        council = council_contract_for(self.actor, number)
        return Response(contract_body(council, packages_for(self.actor).filter(council=council)))


class CouncilDrawsView(ListView):
    """What was drawn of packages."""

    area = AREA
    serializer_class = DrawRow
    filterset_class = DrawFilters
    columns = {
        "contract": "package__council__contract__number", "package": "package__code", "school": "school__number",
        **{name: name for name in ("label", "on", "units", "released", "price_pence")},
    }  # fmt: skip

    def rows(self) -> QuerySet[PackageDraw]:
        return draws_for(self.actor)

    @extend_schema(operation_id="council_draws", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What schools drew of the packages of your contracts, the latest first."""
        return self.page()


class CouncilReturnsView(ListView):
    """Quarterly returns."""

    area = AREA
    serializer_class = ReturnRow
    filterset_class = ReturnFilters
    columns = {"contract": "council__contract__number", **{name: name for name in _OF_RETURN}}

    def rows(self) -> QuerySet[QuarterReturn]:
        return returns_for(self.actor)

    @extend_schema(operation_id="council_returns", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Quarterly returns of your contracts; a commissioner sees one from when it was sent."""
        return self.page()


class CouncilReturnView(ApiView):
    """One quarterly return."""

    area = AREA

    @extend_schema(operation_id="council_return", responses=ReturnSerializer, tags=TAGS)
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """One return with its readings, figures and narrative."""
        return Response(return_body(return_for(self.actor, number, ordinal)))
