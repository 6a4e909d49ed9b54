"""Changing a council's contract by a program: its lines by funding block, its packages, and telling schools of one."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import Offer
from invoicing.api.common import pence
from marketplace.core.api.numbers import MOST_PENCE
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.models.schools import BillingClass
from subscriptions.api.council_contracts import AREA, TAGS, PackageRow
from subscriptions.api.support_shapes import named, term_of
from subscriptions.commissions.models import Block, CouncilContract, Package
from subscriptions.commissions.queries import council_contract_for, eligible_of, package_for
from subscriptions.commissions.rules.blocks import LineChange, LineTerms
from subscriptions.commissions.services.lining import change_lines, preview_lines
from subscriptions.commissions.services.packaging import (
    PackageTerms,
    add_package,
    change_allocation,
    change_rule,
    fund_offers,
    list_schools,
)
from subscriptions.commissions.services.telling import tell_schools
from subscriptions.outcomes.services.contracting import DRAWING_UP

MOST = 500
UNITS: dict[str, Any] = {"max_digits": 10, "decimal_places": 2, "min_value": Decimal("0.01")}


class LineRequest(serializers.Serializer[Any]):
    """So much of a block for the financial year that begins on ``year_from`` (1 April), before VAT."""

    year_from = serializers.DateField()
    block = serializers.ChoiceField(choices=Block.choices)
    pence = pence()

    def validate_year_from(self, day: date) -> date:
        if (day.month, day.day) != (4, 1):
            raise serializers.ValidationError("Must be 1 April of a year.")
        return day


class LinesRequest(serializers.Serializer[Any]):
    """All lines of the contract: what is not among them is taken off."""

    lines: Any = serializers.ListSerializer(child=LineRequest(), min_length=1, max_length=MOST)
    preview = serializers.BooleanField(default=False, help_text="True works it out and changes nothing.")


class LineChangeRow(serializers.Serializer[Any]):
    """What a block pays for a year before and after."""

    year_from = serializers.DateField()
    block = serializers.ChoiceField(choices=Block.choices)
    before_pence = serializers.IntegerField()
    after_pence = serializers.IntegerField()


class LinesSerializer(serializers.Serializer[Any]):
    """The lines that change."""

    done = serializers.BooleanField(help_text="False for a preview: nothing was changed.")
    changes: Any = LineChangeRow(many=True)


class OfferShareRow(serializers.Serializer[Any]):
    """An offer of which the contract pays a share."""

    offer = serializers.CharField(max_length=80)
    share = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=Decimal("0.0001"), max_value=Decimal(1),
        help_text="A fraction: 1 pays all.",
    )  # fmt: skip


class PackageSerializer(PackageRow):
    """A package with its schools of today and the offers that it pays for."""

    by = serializers.ChoiceField(choices=Package.By.choices)
    each_most = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    phases = serializers.ListField(child=serializers.CharField(), help_text="Of a rule; empty: any.")
    billing_classes = serializers.ListField(child=serializers.CharField(), help_text="Of a rule; empty: any.")
    schools = serializers.ListField(child=serializers.CharField(), help_text="Customer numbers.")
    offers: Any = OfferShareRow(many=True)


class RuleRequest(serializers.Serializer[Any]):
    """Which schools of the council's area a rule finds; empty: any."""

    phases = serializers.ListField(child=serializers.RegexField(r"^[0-7]\Z"), max_length=8, default=list)
    billing_classes = serializers.ListField(
        child=serializers.ChoiceField(choices=BillingClass.choices), max_length=8, default=list
    )


class PackageRequest(RuleRequest):
    """A package to add."""

    code = serializers.SlugField(max_length=40)
    title = serializers.CharField(max_length=120)
    what = serializers.CharField(max_length=4_000, allow_blank=True, default="")
    unit = serializers.CharField(max_length=30)
    block = serializers.ChoiceField(choices=Block.choices)
    price_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, help_text="For a unit before VAT.")
    allocation = serializers.DecimalField(**UNITS)
    each_most = serializers.DecimalField(allow_null=True, default=None, **UNITS)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    by = serializers.ChoiceField(choices=Package.By.choices, default=Package.By.LIST)
    confidential = serializers.BooleanField(default=False)


class AllocationRequest(serializers.Serializer[Any]):
    """How many units there are from now on, and why; the commissioner reads it."""

    allocation = serializers.DecimalField(**UNITS)
    reason = serializers.CharField(max_length=200)


class SchoolsRequest(serializers.Serializer[Any]):
    """Schools by customer number."""

    schools = serializers.ListField(child=serializers.SlugField(max_length=12), max_length=MOST)


class OffersRequest(serializers.Serializer[Any]):
    """All offers that the package pays for: what is not among them is taken off."""

    offers: Any = serializers.ListSerializer(child=OfferShareRow(), max_length=MOST)


class ToldSerializer(serializers.Serializer[Any]):
    """Who was told now."""

    told = serializers.ListField(child=serializers.CharField(), help_text="Customer numbers.")


def package_body(package: Package) -> dict[str, Any]:
    """In the form of ``PackageSerializer``."""
    same = (*PackageRow().fields, "by", "each_most", "phases", "billing_classes")
    schools = eligible_of(package, timezone.localdate())
    return {name: getattr(package, name) for name in same} | {
        "schools": list(schools.values_list("organisation__number", flat=True)),
        "offers": [
            {"offer": one.offer.code, "share": one.share} for one in package.offers.select_related("offer").order_by("pk")
        ],
    }  # fmt: skip


class CouncilLinesView(ApiView):
    """The lines of a contract."""

    area = AREA

    @extend_schema(operation_id="council_lines_change", request=LinesRequest, responses=LinesSerializer, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Says from which block of the council's money the contract is paid. In force, a commissioner does; the partnership
        before, and after a variation changed the value. The lines come to the value; a year that is over keeps its own."""
        given = self.read(LinesRequest)
        asked: dict[str, Any] = {
            "council": council_contract_for(self.actor, number), "on": timezone.localdate(), "actor": self.actor,
            "lines": [LineTerms(one["year_from"], one["block"], one["pence"]) for one in given["lines"]],
        }  # fmt: skip
        changes = preview_lines(**asked) if given["preview"] else change_lines(**asked)
        return Response({"done": not given["preview"], "changes": [_line(one) for one in changes]})


def _line(one: LineChange) -> dict[str, Any]:
    return {
        "year_from": one.year_from, "block": one.block, "before_pence": one.before, "after_pence": one.after,
    }  # fmt: skip


class CouncilPackagesView(ApiView):
    """Adding a package."""

    area = AREA

    @extend_schema(
        operation_id="council_package_add", request=PackageRequest, responses={201: PackageSerializer}, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Adds a package within the contract's days, worth no more than the lines of its block have left."""
        given = self.read(PackageRequest)
        council: CouncilContract = council_contract_for(self.actor, number)
        self.actor.require(*DRAWING_UP, to="agree packages")
        same = ("code", "title", "what", "unit", "block", "allocation", "each_most", "by", "confidential")
        terms = PackageTerms(
            **{name: given[name] for name in same}, price=Money(given["price_pence"]), term=term_of(given),
            phases=tuple(given["phases"]), billing_classes=tuple(given["billing_classes"]),
        )  # fmt: skip
        made = add_package(council=council, terms=terms, actor=self.actor)
        return Response(package_body(package_for(self.actor, number, made.code)), status=201)


class CouncilPackageView(ApiView):
    """One package."""

    area = AREA

    @extend_schema(operation_id="council_package", responses=PackageSerializer, tags=TAGS)
    def get(self, request: Request, number: str, code: str) -> Response:
        """A package with its schools and offers. A confidential one is told to commissioners and organisers alone."""
        return Response(package_body(package_for(self.actor, number, code)))


class PackageChangeView(ApiView):
    """What is changed in a package, by whoever draws contracts up."""

    area = AREA

    def found(self, number: str, code: str) -> Package:
        one = package_for(self.actor, number, code)
        self.actor.require(*DRAWING_UP, to="change packages")
        return one

    def answered(self, package: Package) -> Response:
        return Response(package_body(package))


class PackageAllocationView(PackageChangeView):
    @extend_schema(
        operation_id="council_package_allocate", request=AllocationRequest, responses=PackageSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, code: str) -> Response:
        """More or fewer units: never fewer than were drawn, never worth more than the block's lines have left."""
        given, found = self.read(AllocationRequest), self.found(number, code)
        return self.answered(change_allocation(package=found, actor=self.actor, **given))


class PackageSchoolsView(PackageChangeView):
    @extend_schema(operation_id="council_package_list", request=SchoolsRequest, responses=PackageSerializer, tags=TAGS)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Sets the list from today on: who is new is added, who is gone is taken off. What a school drew stays."""
        given, found = self.read(SchoolsRequest), self.found(number, code)
        list_schools(package=found, schools=_schools(given), on=timezone.localdate(), actor=self.actor)
        return self.answered(found)


class PackageRuleView(PackageChangeView):
    @extend_schema(operation_id="council_package_rule", request=RuleRequest, responses=PackageSerializer, tags=TAGS)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Which schools a package with a rule finds from now on."""
        given, found = self.read(RuleRequest), self.found(number, code)
        return self.answered(change_rule(package=found, actor=self.actor, **given))


class PackageOffersView(PackageChangeView):
    @extend_schema(operation_id="council_package_fund", request=OffersRequest, responses=PackageSerializer, tags=TAGS)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Sets of which offers the contract pays which share for the package's schools."""
        given, found = self.read(OffersRequest), self.found(number, code)
        known = Offer.objects.in_bulk([one["offer"] for one in given["offers"]], field_name="code")
        shares = {one["offer"]: one["share"] for one in given["offers"]}
        if unknown := sorted(set(shares) - set(known)):
            raise WrongInput(f"There is no offer {unknown[0]}.")
        fund_offers(package=found, offers=[(known[code], share) for code, share in shares.items()], actor=self.actor)
        return self.answered(found)


class PackageTellView(ApiView):
    """Telling schools of a package."""

    area = AREA

    @extend_schema(operation_id="council_package_tell", request=SchoolsRequest, responses=ToldSerializer, tags=TAGS)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Writes to who buys for schools that the package pays for them; nobody twice in thirty days, and never of a
        confidential package. For organisers and the council's commissioners."""
        given, found = self.read(SchoolsRequest), package_for(self.actor, number, code)
        told = tell_schools(package=found, schools=_schools(given), on=timezone.localdate(), actor=self.actor)
        return Response({"told": [one.number for one in told]})


def _schools(given: dict[str, Any]) -> list[Organisation]:
    return [named(one) for one in dict.fromkeys(given["schools"])]
