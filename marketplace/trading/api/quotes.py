"""A price, worked out and explained: the same calculation as the page and the order."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.queries import open_runs, published_offer
from catalogue.rules.quotes import Quote
from marketplace.core.actors import BUYING
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.services.agreeing import quote_of_term
from subscriptions.queries import included_on, price_class_on, theme_discounts_on

LEAST = Decimal("0.01")


class StepSerializer(serializers.Serializer[Any]):
    """One sentence of the working."""

    text = serializers.CharField()
    pence = serializers.IntegerField(allow_null=True, help_text="What it adds to the price; empty where it explains.")


class QuoteRequest(serializers.Serializer[Any]):
    """What is to be priced, for whom."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number of who receives it.")
    offer = serializers.SlugField(max_length=60)
    run = serializers.SlugField(max_length=60, required=False, allow_blank=True, help_text="For a course: its date.")
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=LEAST, default=Decimal(1))
    facts = serializers.DictField(required=False, help_text="What you state, such as the number of staff.")
    service_from = serializers.DateField(
        required=False, allow_null=True, help_text="When an agreement begins; today unless said."
    )


class QuoteSerializer(serializers.Serializer[Any]):
    """The price with its working. VAT is that of this line alone: an invoice works it out on the whole rate group."""

    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.CharField()
    included = serializers.IntegerField(help_text="Places that a subscription includes.")
    steps = StepSerializer(many=True)


def quote_body(quote: Quote) -> dict[str, Any]:
    """A quote as the API tells it."""
    taxed = quote.taxed
    return {
        "net_pence": taxed.net.pence,
        "vat_pence": taxed.vat.pence,
        "gross_pence": taxed.gross.pence,
        "vat_category": quote.vat.category,
        "vat_rate": str(quote.vat.rate),
        "included": quote.included,
        "steps": [step.as_json() for step in [*quote.steps, quote.vat_step]],
    }


def buying_organisation(view: ApiView, number: str) -> Organisation:
    """An organisation for which the actor may buy, by its customer number, or NotFound."""
    own = Organisation.objects.filter(pk__in=view.actor.organisations(*BUYING), number=number).first()
    if own is None:
        raise NotFound(f"There is no organisation {number} for which you may buy.")
    return own


class QuotesView(ApiView):
    """Prices for the caller's organisations."""

    area = "catalogue"
    calculates = True

    @extend_schema(operation_id="quote", request=QuoteRequest, responses={200: QuoteSerializer}, tags=["catalogue"])
    def post(self, request: Request) -> Response:
        """What it costs one of your organisations today, step by step. Changes nothing and needs no key."""
        asked = self.read(QuoteRequest)
        organisation = buying_organisation(self, asked["organisation"])
        offer, on = published_offer(asked["offer"]), timezone.localdate()
        run = None
        if asked.get("run"):
            run = open_runs(offer, after=timezone.now()).filter(code=asked["run"]).first()
            if run is None:
                raise NotFound(f"{offer.title} has no date {asked['run']} that can be booked.")
        quote, _ = quote_of_term(
            offer=offer,
            run=run,
            organisation=organisation,
            quantity=asked["quantity"],
            on=on,
            price_class=price_class_on(organisation, on),
            themes_off=theme_discounts_on([organisation.pk], on),
            included_places=included_on([organisation.pk], on).get(organisation.pk) if run else None,
            facts=asked.get("facts") or {},
            first_day=asked.get("service_from"),
        )
        return Response(quote_body(quote))
