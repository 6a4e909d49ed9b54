"""Income and expenditure of a period and the balance sheet of a day. For finance and the auditor."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, query_of
from invoicing.ledger.financial_statements import (
    BalanceSheet,
    Figure,
    IncomeAndExpenditure,
    balance_sheet,
    income_and_expenditure,
    period_of_days,
)
from invoicing.ledger.models import IncomeStream
from invoicing.ledger.reports import Balance
from invoicing.queries import require_finance_reader
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput


class PeriodQuery(serializers.Serializer[Any]):
    """A half-open period of days of posting."""

    posted_from = serializers.DateField()
    posted_before = serializers.DateField(help_text="The first day after the period.")


class AccountFigureSerializer(serializers.Serializer[Any]):
    """What an account came to; income counts credits less debits, a cost debits less credits."""

    code = serializers.CharField()
    name = serializers.CharField()
    pence = serializers.IntegerField()
    earlier_pence = serializers.IntegerField(help_text="In the same days a year earlier.")


class IncomeSourceSerializer(serializers.Serializer[Any]):
    """One of the five sources of income with its accounts."""

    income_source = serializers.ChoiceField(
        choices=IncomeStream.Source.choices, allow_null=True, help_text="Null: no source is named."
    )
    pence = serializers.IntegerField()
    earlier_pence = serializers.IntegerField()
    accounts = AccountFigureSerializer(many=True)


class ResultOfMonthSerializer(serializers.Serializer[Any]):
    """A month, or its part within the period."""

    posted_from = serializers.DateField()
    posted_before = serializers.DateField()
    income_pence = serializers.IntegerField()
    cost_pence = serializers.IntegerField()


class IncomeAndExpenditureSerializer(serializers.Serializer[Any]):
    """Income less costs is the surplus; a deficit is negative."""

    posted_from = serializers.DateField()
    posted_before = serializers.DateField()
    earlier_from = serializers.DateField()
    earlier_before = serializers.DateField()
    income = IncomeSourceSerializer(many=True)
    costs = AccountFigureSerializer(many=True)
    months = ResultOfMonthSerializer(many=True)
    income_pence = serializers.IntegerField()
    cost_pence = serializers.IntegerField()
    surplus_pence = serializers.IntegerField()
    earlier_surplus_pence = serializers.IntegerField()


class SheetLineSerializer(serializers.Serializer[Any]):
    """An account: assets count debits less credits, the others credits less debits."""

    code = serializers.CharField()
    name = serializers.CharField()
    pence = serializers.IntegerField()


class BalanceSheetSerializer(serializers.Serializer[Any]):
    """Assets less liabilities are the net assets, which the reserves (accounts and surplus) equal."""

    on = serializers.DateField()
    assets = SheetLineSerializer(many=True)
    liabilities = SheetLineSerializer(many=True)
    reserves = SheetLineSerializer(many=True)
    surplus_pence = serializers.IntegerField(help_text="Income less costs since the books began.")
    net_assets_pence = serializers.IntegerField()
    restricted_pence = serializers.IntegerField()
    designated_pence = serializers.IntegerField()
    free_pence = serializers.IntegerField()


class IncomeAndExpenditureView(ApiView):
    """Income and expenditure."""

    area = "ledger"

    @extend_schema(
        operation_id="income_and_expenditure", parameters=[PeriodQuery],
        responses=IncomeAndExpenditureSerializer, tags=["ledger"],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Income by source, costs and the surplus of a period of at most ten years, beside the same days a year earlier."""
        require_finance_reader(self.actor)
        given = query_of(request, PeriodQuery)
        if given["posted_before"] <= given["posted_from"]:
            raise WrongInput("posted_before must be after posted_from.")
        period = period_of_days(given["posted_from"], given["posted_before"] - timedelta(days=1))
        return Response(_income_body(income_and_expenditure(period=period)))


class BalanceSheetView(ApiView):
    """The balance sheet."""

    area = "ledger"

    @extend_schema(
        operation_id="balance_sheet", parameters=[OnQuery], responses=BalanceSheetSerializer, tags=["ledger"]
    )
    def get(self, request: Request) -> Response:
        """What the partnership has, owes and keeps at the end of a day."""
        require_finance_reader(self.actor)
        return Response(_sheet_body(balance_sheet(on=query_of(request, OnQuery).get("on", timezone.localdate()))))


def _figure(row: Figure) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "pence": row.pence, "earlier_pence": row.earlier_pence}


def _income_body(found: IncomeAndExpenditure) -> dict[str, Any]:
    return {
        "posted_from": found.period.start,
        "posted_before": found.period.end,
        "earlier_from": found.earlier.start,
        "earlier_before": found.earlier.end,
        "income": [
            {
                "income_source": one.source or None,
                "pence": one.pence,
                "earlier_pence": one.earlier_pence,
                "accounts": [_figure(row) for row in one.accounts],
            }
            for one in found.income
        ],
        "costs": [_figure(row) for row in found.costs],
        "months": [
            {
                "posted_from": one.period.start,
                "posted_before": one.period.end,
                "income_pence": one.income_pence,
                "cost_pence": one.cost_pence,
            }
            for one in found.months
        ],
        "income_pence": found.income_pence,
        "cost_pence": found.cost_pence,
        "surplus_pence": found.surplus_pence,
        "earlier_surplus_pence": found.earlier_surplus_pence,
    }


def _line(row: Balance, sign: int) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "pence": sign * row.pence}


def _sheet_body(found: BalanceSheet) -> dict[str, Any]:
    return {
        "on": found.on,
        "assets": [_line(row, 1) for row in found.assets],
        "liabilities": [_line(row, -1) for row in found.liabilities],
        "reserves": [_line(row, -1) for row in found.reserves],
        "surplus_pence": found.surplus_pence,
        "net_assets_pence": found.net_assets_pence,
        "restricted_pence": found.restricted_pence,
        "designated_pence": found.designated_pence,
        "free_pence": found.free_pence,
    }
