"""Price lists for the partnership's own programs, and the calculator."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import Price
from catalogue.price_queries import buyer_for_price, price_for, priced_offer, prices_of, require_price_reader
from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, end_price
from catalogue.services.calculator import Calculation, calculate, class_of
from catalogue.services.trying import Tried, try_offer
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.services.people import on_day

CODES = [(one.code, one.words) for one in PriceClass]
BUYERS = [(one.code, one.words) for one in PriceClass.of_buyers()]
LEAST = Decimal("0.01")


class PriceFilters(FilterSet):
    """By class and the day on which they hold."""

    price_class = ChoiceFilter(choices=CODES, method="of_class")
    on = DateFilter(method="holding", help_text="Rows that hold on this day.")

    class Meta:
        model = Price
        fields: list[str] = []

    def of_class(self, queryset: QuerySet[Price], name: str, value: str) -> QuerySet[Price]:
        return queryset.filter(price_class=int(PriceClass[value.upper()]))

    def holding(self, queryset: QuerySet[Price], name: str, value: date) -> QuerySet[Price]:
        return queryset.filter(on_day(value))


class PriceRow(serializers.Serializer[Any]):
    """A row of a price list, over half-open dates."""

    id = serializers.IntegerField()
    price_class = serializers.ChoiceField(choices=CODES, help_text="any: for everybody without a row of their class.")
    run = serializers.CharField(allow_null=True, help_text="The course date; empty for all of them.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The first day on which it no longer holds.")
    rule = serializers.DictField(help_text="As docs/price-rules.md has it.")
    used = serializers.BooleanField(help_text="Once used it stays as it is and may only be ended.")


class NewPrice(serializers.Serializer[Any]):
    """A price that is to hold from a day on."""

    price_class = serializers.ChoiceField(choices=CODES)
    run = serializers.SlugField(max_length=60, required=False, allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    rule = serializers.DictField()


class EndOfPrice(serializers.Serializer[Any]):
    """When a price ends."""

    valid_to = serializers.DateField(help_text="The first day on which it no longer holds.")


class CalculationRequest(serializers.Serializer[Any]):
    """What is to be priced: an offer by its code or a rule, and what the price depends on."""

    offer = serializers.SlugField(max_length=60, required=False, allow_blank=True)
    rule = serializers.DictField(required=False)
    organisation = serializers.SlugField(
        max_length=12, required=False, allow_blank=True, help_text="Customer number or URN; with an offer."
    )
    price_class = serializers.ChoiceField(choices=BUYERS, default=PriceClass.NON_MEMBER.code)
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=LEAST, default=Decimal(1))
    facts = serializers.DictField(required=False, help_text="Such as phase, pupils, staff.")
    on = serializers.DateField(required=False)


class CalculationStep(serializers.Serializer[Any]):
    """One sentence of the working."""

    text = serializers.CharField()
    pence = serializers.IntegerField(allow_null=True, help_text="What it adds to the price; empty where it explains.")


class CalculationSerializer(serializers.Serializer[Any]):
    """The price before VAT. The steps' pence add up to the total, and so do the shares where there are any."""

    total_pence = serializers.IntegerField()
    quantity = serializers.CharField()
    steps = CalculationStep(many=True)
    shares = serializers.DictField(child=serializers.IntegerField(), required=False)
    ignored = serializers.ListField(child=serializers.CharField(), required=False)
    vat_pence = serializers.IntegerField(required=False, help_text="Only for an offer whose VAT can be decided.")
    gross_pence = serializers.IntegerField(required=False)


def price_body(row: Price) -> dict[str, Any]:
    """A row as the API tells it."""
    return {
        "id": row.pk,
        "price_class": PriceClass(row.price_class).code,
        "run": row.run.code if row.run else None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "rule": row.rule,
        "used": row.pinned,
    }


class PricesView(ListView):
    """One offer's price list."""

    area = "catalogue"
    serializer_class = PriceRow
    filterset_class = PriceFilters
    columns = {
        "id": "id", "price_class": "price_class", "run": "run__code", "valid_from": "valid_from",
        "valid_to": "valid_to", "rule": "rule", "used": "pinned",
    }  # fmt: skip

    def rows(self) -> QuerySet[Price]:
        return prices_of(self.actor, self.kwargs["code"])

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | {"price_class": PriceClass(row["price_class"]).code} for row in rows]

    @extend_schema(operation_id="prices", tags=["catalogue"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The rows of an offer's price list, latest first. For organisers, administrators, finance and the auditor."""
        return self.page()

    @extend_schema(operation_id="price_add", request=NewPrice, responses={201: PriceRow}, tags=["catalogue"])
    def post(self, request: Request, code: str) -> Response:
        """Adds a price. Refused where another price of the class holds on some of the days: end that one first."""
        offer, given = priced_offer(self.actor, code), self.read(NewPrice)
        run = offer.runs.filter(code=given["run"]).first() if given.get("run") else None
        if given.get("run") and run is None:
            raise WrongInput(f"{offer.title} has no date {given['run']}.")
        made = add_price(
            offer=offer, run=run, price_class=class_of(given["price_class"]), rule=given["rule"],
            valid_from=given["valid_from"], valid_to=given["valid_to"], actor=self.actor,
        )  # fmt: skip
        return Response(price_body(made), status=201)


class PriceEndView(ApiView):
    """The end of a price."""

    area = "catalogue"

    @extend_schema(operation_id="price_end", request=EndOfPrice, responses={200: PriceRow}, tags=["catalogue"])
    def post(self, request: Request, code: str, id: int) -> Response:
        """Sets the open end of a price, once; what was ordered at it stays."""
        price = price_for(self.actor, code, id)
        ended = end_price(price=price, valid_to=self.read(EndOfPrice)["valid_to"], actor=self.actor)
        return Response(price_body(ended))


class CalculationsView(ApiView):
    """The price calculator."""

    area = "catalogue"
    calculates = True

    @extend_schema(
        operation_id="price_calculation",
        request=CalculationRequest,
        responses={200: CalculationSerializer},
        tags=["catalogue"],
    )
    def post(self, request: Request) -> Response:
        """What an offer or a price rule comes to, step by step. Changes nothing and needs no key."""
        require_price_reader(self.actor)
        asked = self.read(CalculationRequest)
        if bool(asked.get("offer")) == bool(asked.get("rule")):
            raise WrongInput("Give the code of an offer or a price rule, and only one of them.")
        if asked.get("organisation") and not asked.get("offer"):
            raise WrongInput("An organisation is asked about together with an offer. Give its code.")
        return Response(self._body(self._offer(asked) if asked.get("offer") else Tried(self._rule(asked))))

    def _offer(self, asked: dict[str, Any]) -> Tried:
        try:
            offer = priced_offer(self.actor, asked["offer"])
        except NotFound:
            raise NotFound(f"There is no offer {asked['offer']}.") from None
        number = asked.get("organisation")
        return try_offer(
            offer=offer, price_class=class_of(asked["price_class"]), facts=asked.get("facts") or {},
            quantity=asked["quantity"], on=asked.get("on") or timezone.localdate(),
            organisation=buyer_for_price(self.actor, number) if number else None,
        )  # fmt: skip

    def _rule(self, asked: dict[str, Any]) -> Calculation:
        facts = {**(asked.get("facts") or {}), "price_class": asked["price_class"], "quantity": asked["quantity"]}
        return calculate(rule=asked["rule"], facts=facts, on=asked.get("on") or timezone.localdate())

    def _body(self, tried: Tried) -> dict[str, Any]:
        taxed = tried.taxed
        vat = {"vat_pence": taxed.vat.pence, "gross_pence": taxed.gross.pence} if taxed else {}
        return tried.calculation.as_json() | vat
