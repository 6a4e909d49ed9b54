"""An organisation's budget against what it bought, and what it carries over its year end."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import query_of
from marketplace.core.api.numbers import MOST_PENCE, row_id
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.api.orders import OrderSerializer, order_body
from marketplace.trading.api.quotes import buying_organisation
from marketplace.trading.budget_queries import (
    CarriedLine,
    YearBudget,
    YearEnd,
    budget_for,
    own_budget,
    year_end_for,
    year_of,
    year_starting,
)
from marketplace.trading.models.budgets import CODE_LIMIT
from marketplace.trading.queries import lines_to_code, order_for
from marketplace.trading.rules.budgets import BudgetRow
from marketplace.trading.services import set_budget, set_line_codes


class YearQuery(serializers.Serializer[Any]):
    """Which financial year."""

    starts_on = serializers.DateField(required=False, help_text="Its first day; empty: the year of today.")


class BudgetFigures(serializers.Serializer[Any]):
    """Pence before VAT. ``left`` is the budget less what is ordered and invoiced, with credits put back."""

    budget_pence = serializers.IntegerField()
    ordered_pence = serializers.IntegerField(help_text="Ordered and not invoiced yet.")
    invoiced_pence = serializers.IntegerField()
    credited_pence = serializers.IntegerField()
    left_pence = serializers.IntegerField()


class BudgetCode(BudgetFigures):
    """One code."""

    code = serializers.CharField(allow_blank=True)


class BudgetMember(BudgetFigures):
    """One of a trust's schools, or the trust itself."""

    organisation = serializers.CharField()


class OwnBudgetCode(serializers.Serializer[Any]):
    """What the organisation itself entered for a code."""

    code = serializers.CharField(max_length=CODE_LIMIT)
    pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)


class BudgetSerializer(serializers.Serializer[Any]):
    """A financial year."""

    organisation = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Its last day.")
    scheme = serializers.ChoiceField(choices=["CFR", "AAR"])
    codes = BudgetCode(many=True)
    total = BudgetFigures()
    members = BudgetMember(many=True, help_text="For a trust: the sum of each of its schools.")
    own = OwnBudgetCode(many=True)


class BudgetRequest(serializers.Serializer[Any]):
    """The whole budget of a year: a code that is left out has none."""

    starts_on = serializers.DateField(help_text="The first day of the financial year.")
    codes = OwnBudgetCode(many=True)


class CarriedSerializer(serializers.Serializer[Any]):
    """One line. Pence before VAT; a credit is below nought."""

    school = serializers.CharField()
    order = serializers.CharField(allow_blank=True)
    document = serializers.CharField(allow_blank=True)
    on = serializers.DateField(help_text="Of the invoice or credit note, or from when it is to be invoiced.")
    description = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    by_then_pence = serializers.IntegerField(help_text="Delivered by the year's end.")
    after_pence = serializers.IntegerField(help_text="Delivered after it.")


class YearEndSerializer(serializers.Serializer[Any]):
    """What stood open at the end of the year."""

    organisation = serializers.CharField()
    ends_on = serializers.DateField(help_text="The last day of the year.")
    delivered_pence = serializers.IntegerField(help_text="Ordered, delivered by then and not invoiced.")
    committed_pence = serializers.IntegerField(help_text="Ordered, not invoiced, to be delivered after the year's end.")
    in_advance_pence = serializers.IntegerField(help_text="Invoiced for what is delivered after the year's end.")
    owed_pence = serializers.IntegerField(help_text="Invoices not paid, with VAT, less what was on account.")
    ordered = CarriedSerializer(many=True)
    in_advance = CarriedSerializer(many=True)


class LineCodeRequest(serializers.Serializer[Any]):
    """A line of the order and the school's own code for it; empty: ours again."""

    line = row_id()
    code = serializers.CharField(max_length=CODE_LIMIT, allow_blank=True)


class LineCodesRequest(serializers.Serializer[Any]):
    """Lines that are not named stay as they are."""

    lines = LineCodeRequest(many=True)


def _figures(row: BudgetRow) -> dict[str, int]:
    return {
        "budget_pence": row.budget,
        "ordered_pence": row.ordered,
        "invoiced_pence": row.invoiced,
        "credited_pence": row.credited,
        "left_pence": row.left,
    }


def budget_body(found: YearBudget, own: dict[str, int]) -> dict[str, Any]:
    """A year as the API tells it."""
    return {
        "organisation": found.organisation.number,
        "starts_on": found.year.start,
        "ends_on": found.year.last_day,
        "scheme": found.scheme,
        "codes": [{"code": row.code, **_figures(row)} for row in found.rows],
        "total": _figures(found.total),
        "members": [{"organisation": one.number, **_figures(row)} for one, row in found.members],
        "own": [{"code": code, "pence": pence} for code, pence in own.items()],
    }


def _carried(line: CarriedLine) -> dict[str, Any]:
    bought = line.purchase
    return {
        "school": bought.school,
        "order": bought.order,
        "document": bought.document,
        "on": bought.on,
        "description": bought.description,
        "code": bought.code,
        "service_from": bought.service_from,
        "service_to": bought.service_to,
        "by_then_pence": line.by_then,
        "after_pence": line.after,
    }


def year_end_body(found: YearEnd) -> dict[str, Any]:
    """A year end as the API tells it."""
    return {
        "organisation": found.organisation.number,
        "ends_on": found.year.last_day,
        "delivered_pence": found.delivered_pence,
        "committed_pence": found.committed_pence,
        "in_advance_pence": found.in_advance_pence,
        "owed_pence": found.owed_pence,
        "ordered": [_carried(line) for line in found.ordered],
        "in_advance": [_carried(line) for line in found.in_advance],
    }


def _year(organisation: Organisation, starts_on: date | None) -> Period:
    today = timezone.localdate()
    return year_starting(organisation, starts_on, on=today) if starts_on else year_of(organisation, today)


class BudgetView(ApiView):
    """The budget of a year."""

    area = "orders"

    @extend_schema(operation_id="budget", parameters=[YearQuery], responses=BudgetSerializer, tags=["budgets"])
    def get(self, request: Request, number: str) -> Response:
        """Budget, ordered, invoiced, credited and left, by code; of a trust with its schools."""
        organisation = buying_organisation(self, number)
        year = _year(organisation, query_of(request, YearQuery).get("starts_on"))
        return self._answer(organisation, year)

    @extend_schema(operation_id="budget_set", request=BudgetRequest, responses=BudgetSerializer, tags=["budgets"])
    def put(self, request: Request, number: str) -> Response:
        """Puts the organisation's own budget of a year, all of it."""
        organisation, given = buying_organisation(self, number), self.read(BudgetRequest)
        year = _year(organisation, given["starts_on"])
        budget: dict[str, int] = {}
        for one in given["codes"]:
            if one["code"] in budget:
                raise WrongInput(f"{one['code']} is there twice. Enter one budget for it")
            budget[one["code"]] = one["pence"]
        set_budget(organisation=organisation, year=year, budget=budget, actor=self.actor)
        return self._answer(organisation, year)

    def _answer(self, organisation: Organisation, year: Period) -> Response:
        own = own_budget(self.actor, organisation, year)
        return Response(budget_body(budget_for(self.actor, organisation, year), own))


class YearEndView(ApiView):
    """The end of a year."""

    area = "orders"

    @extend_schema(operation_id="year_end", parameters=[YearQuery], responses=YearEndSerializer, tags=["budgets"])
    def get(self, request: Request, number: str) -> Response:
        """Ordered and not invoiced, paid in advance, and owed at the end of a financial year, with the lines."""
        organisation = buying_organisation(self, number)
        year = _year(organisation, query_of(request, YearQuery).get("starts_on"))
        return Response(year_end_body(year_end_for(self.actor, organisation, year)))


class LineCodesView(ApiView):
    """A school's own codes for the lines of an order."""

    area = "orders"

    @extend_schema(
        operation_id="order_line_codes", request=LineCodesRequest, responses=OrderSerializer, tags=["orders"]
    )
    def put(self, request: Request, number: str) -> Response:
        """Gives lines of an order your own codes in place of ours. Invoices do not change."""
        order = order_for(self.actor, number)
        lines_to_code(self.actor, order)
        codes = {one["line"]: one["code"] for one in self.read(LineCodesRequest)["lines"]}
        set_line_codes(order=order, codes=codes, actor=self.actor)
        return Response(order_body(self, order))
