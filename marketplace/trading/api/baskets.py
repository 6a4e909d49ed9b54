"""The caller's basket for one of their organisations."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun, Offer
from catalogue.queries import published_offer
from marketplace.core.api.numbers import counted
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.api.quotes import LEAST, QuoteSerializer, buying_organisation, quote_body
from marketplace.trading.models import Basket
from marketplace.trading.queries import basket_line_of, basket_of
from marketplace.trading.services import (
    CheckedLine,
    add_to_basket,
    change_line,
    check_basket,
    open_basket,
    remove_line,
)

NAMES = serializers.ListField(
    child=serializers.CharField(max_length=120, allow_blank=True),
    required=False,
    max_length=500,
    help_text="Who comes, as far as known; for a course only.",
)

EMAILS = serializers.ListField(
    child=serializers.EmailField(max_length=254, allow_blank=True),
    required=False,
    max_length=500,
    help_text="Their e-mail addresses, in the order of the names; empty where not known.",
)
NEEDS = serializers.ListField(
    child=serializers.CharField(max_length=500, allow_blank=True),
    required=False,
    max_length=500,
    help_text="What they need, in the order of the names; for the organisers alone, never read back.",
)
USE_INCLUDED = counted(
    required=False,
    allow_null=True,
    help_text="How many places come from a subscription; empty for as many as it has left.",
)


class NewLine(serializers.Serializer[Any]):
    """A line to add."""

    offer = serializers.SlugField(max_length=60)
    run = serializers.SlugField(max_length=60, required=False, allow_blank=True, help_text="For a course: its date.")
    receiver = serializers.SlugField(
        max_length=12,
        required=False,
        help_text="Customer number of the school that receives it; else the basket's own.",
    )
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=LEAST)
    delegates = NAMES
    emails = EMAILS
    needs = NEEDS
    use_included = USE_INCLUDED
    facts = serializers.DictField(required=False, help_text="What you state for the price.")
    service_from = serializers.DateField(required=False, allow_null=True, help_text="When an agreement begins.")


class ChangedLine(serializers.Serializer[Any]):
    """What is to change; what is left out stays."""

    quantity = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=LEAST, required=False)
    run = serializers.SlugField(max_length=60, required=False)
    delegates = NAMES
    emails = EMAILS
    needs = NEEDS
    use_included = USE_INCLUDED
    facts = serializers.DictField(required=False, help_text="What you state for the price.")
    service_from = serializers.DateField(required=False)


class LineSerializer(serializers.Serializer[Any]):
    """A line at its price of this moment, or with the sentence that says why it has none."""

    id = serializers.IntegerField()
    offer = serializers.CharField()
    title = serializers.CharField()
    run = serializers.CharField(allow_null=True)
    receiver = serializers.CharField()
    quantity = serializers.CharField()
    delegates = serializers.ListField(child=serializers.CharField(allow_blank=True))
    emails = serializers.ListField(child=serializers.CharField(allow_blank=True))
    use_included = serializers.IntegerField(allow_null=True)
    service_from = serializers.DateField(allow_null=True)
    quote = QuoteSerializer(allow_null=True)
    problem = serializers.CharField(allow_blank=True)


class BasketSerializer(serializers.Serializer[Any]):
    """The basket as its check page shows it. ``total.gross_pence`` is what to expect when ordering."""

    organisation = serializers.CharField()
    invoice_to = serializers.CharField()
    lines = LineSerializer(many=True)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    committed_pence = serializers.IntegerField(help_text="With every year of an agreement's term.")
    over_limit_pence = serializers.IntegerField(help_text="How much it is over your spending limit.")
    invoice_from = serializers.DateField(help_text="The first day on which the order may be invoiced.")
    invoice_until = serializers.DateField(help_text="The last one.")
    instalments = serializers.IntegerField(help_text="In how many monthly payments some of it may be paid; 1 for none.")
    problems = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField(), help_text="What may follow after ordering.")


def _line_body(checked: CheckedLine) -> dict[str, Any]:
    line = checked.line
    return {
        "id": line.pk,
        "offer": line.offer.code,
        "title": line.offer.title,
        "run": line.run.code if line.run else None,
        "receiver": line.school.number,
        "quantity": f"{line.quantity.normalize():f}",
        "delegates": line.delegates,
        "emails": line.emails,
        "use_included": line.use_included,
        "service_from": line.service_from,
        "quote": quote_body(checked.quote) if checked.quote else None,
        "problem": checked.problem,
    }


def basket_body(basket: Basket, view: ApiView) -> dict[str, Any]:
    """The basket, quoted anew."""
    check = check_basket(basket=basket, on=timezone.localdate(), actor=view.actor)
    return {
        "organisation": basket.organisation.number,
        "invoice_to": check.invoice_to.number,
        "lines": [_line_body(checked) for checked in check.lines],
        "net_pence": check.total.net.pence,
        "vat_pence": check.total.vat.pence,
        "gross_pence": check.total.gross.pence,
        "committed_pence": check.committed.pence,
        "over_limit_pence": check.over_limit.pence,
        "invoice_from": check.dates.first,
        "invoice_until": max(check.dates.first, check.dates.last),
        "instalments": check.instalments,
        "problems": check.problems,
        "missing": check.missing,
    }


def _empty(organisation: Organisation) -> dict[str, Any]:
    amounts = ("net_pence", "vat_pence", "gross_pence", "committed_pence", "over_limit_pence")
    return {
        "organisation": organisation.number,
        "invoice_to": organisation.number,
        **dict.fromkeys(amounts, 0),
        "lines": [],
        "invoice_from": timezone.localdate(),
        "invoice_until": timezone.localdate(),
        "instalments": 1,
        "problems": [],
        "missing": [],
    }


def run_of(offer: Offer, code: str | None) -> CourseRun | None:
    """A date of an offer by its code; none where none was asked for."""
    if not code:
        return None
    run = offer.runs.filter(code=code).first()
    if run is None:
        raise NotFound(f"{offer.title} has no date {code}.")
    return run


class BasketView(ApiView):
    """The open basket."""

    area = "orders"

    @extend_schema(operation_id="basket", responses=BasketSerializer, tags=["baskets"])
    def get(self, request: Request, number: str) -> Response:
        """What lies in your basket for an organisation, at today's prices."""
        organisation = buying_organisation(self, number)
        basket = basket_of(self.actor, organisation)
        return Response(basket_body(basket, self) if basket else _empty(organisation))


class BasketLinesView(ApiView):
    """Lines to add."""

    area = "orders"

    @extend_schema(operation_id="basket_add", request=NewLine, responses={201: BasketSerializer}, tags=["baskets"])
    def post(self, request: Request, number: str) -> Response:
        """Adds a line; what has no price for you is refused. Answers with the whole basket."""
        given = self.read(NewLine)
        organisation = buying_organisation(self, number)
        offer = published_offer(given.pop("offer"))
        run = run_of(offer, given.pop("run", None))
        receiver = given.pop("receiver", None)
        school = Organisation.objects.filter(number=receiver).first() if receiver else organisation
        if school is None:
            raise NotFound(f"There is no organisation {receiver}.")
        basket = open_basket(organisation=organisation, actor=self.actor)
        add_to_basket(
            basket=basket, offer=offer, run=run, school=school, on=timezone.localdate(), actor=self.actor, **given
        )
        return Response(basket_body(basket, self), status=201)


class BasketLineView(ApiView):
    """One line."""

    area = "orders"

    @extend_schema(operation_id="basket_change", request=ChangedLine, responses=BasketSerializer, tags=["baskets"])
    def patch(self, request: Request, number: str, line: int) -> Response:
        """Changes what is given of a line; the rest stays."""
        given = self.read(ChangedLine)
        organisation = buying_organisation(self, number)
        found = basket_line_of(self.actor, organisation, line)
        if "run" in given:
            given["run"] = run_of(found.offer, given["run"])
        change_line(line=found, on=timezone.localdate(), actor=self.actor, **given)
        return Response(basket_body(found.basket, self))

    @extend_schema(operation_id="basket_remove", responses={204: OpenApiResponse(description="Gone")}, tags=["baskets"])
    def delete(self, request: Request, number: str, line: int) -> Response:
        """Takes a line out."""
        organisation = buying_organisation(self, number)
        remove_line(line=basket_line_of(self.actor, organisation, line), actor=self.actor)
        return Response(status=204)
