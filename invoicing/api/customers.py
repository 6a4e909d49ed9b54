"""What a customer owes: its statement between two days, and aged debtors."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, query_of
from invoicing.queries import AgedDebtor, aged_debtors, customer_for, statement_for
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput

AGES = ("not_yet_due_pence", "days_1_to_30_pence", "days_31_to_60_pence", "days_61_to_90_pence", "over_90_days_pence")

# ``from`` is no name of a class's attribute, so the fields are given as a mapping.
StatementQuery: Any = type(
    "StatementQuery",
    (serializers.Serializer,),
    {
        "__doc__": "The first day, and the day after the last.",
        "from": serializers.DateField(),
        "to": serializers.DateField(help_text="The day after the last."),
    },
)


class StatementLineSerializer(serializers.Serializer[Any]):
    """One thing that changed what is owed."""

    on = serializers.DateField()
    text = serializers.CharField()
    document = serializers.CharField(allow_null=True)
    charged_pence = serializers.IntegerField()
    settled_pence = serializers.IntegerField()
    balance_pence = serializers.IntegerField(help_text="What is owed after it; below nought is money on account.")


class StatementSerializer(serializers.Serializer[Any]):
    """A customer's account: opening + charged - settled = closing."""

    customer = serializers.CharField()
    customer_name = serializers.CharField()
    opening_pence = serializers.IntegerField()
    closing_pence = serializers.IntegerField()
    lines = StatementLineSerializer(many=True)


class AgesSerializer(serializers.Serializer[Any]):
    """What is owed by days past due, and what is on account; ``total_pence`` is the one less the other."""

    not_yet_due_pence = serializers.IntegerField()
    days_1_to_30_pence = serializers.IntegerField()
    days_31_to_60_pence = serializers.IntegerField()
    days_61_to_90_pence = serializers.IntegerField()
    over_90_days_pence = serializers.IntegerField()
    on_account_pence = serializers.IntegerField()
    total_pence = serializers.IntegerField()


class DebtorSerializer(AgesSerializer):
    """One customer."""

    customer = serializers.CharField()
    customer_name = serializers.CharField()


class DebtorsSerializer(serializers.Serializer[Any]):
    """All customers that owe something or have money on account, by name, and their sums."""

    on = serializers.DateField()
    customers = DebtorSerializer(many=True)
    sums = AgesSerializer()


class CustomerStatementView(ApiView):
    """A customer's account."""

    area = "payments"

    @extend_schema(
        operation_id="customer_statement", parameters=[StatementQuery], responses=StatementSerializer, tags=["payments"]
    )
    def get(self, request: Request, number: str) -> Response:
        """What was charged and settled from a day up to, but not including, another, with the running balance."""
        given = query_of(request, StatementQuery)
        if given["from"] >= given["to"]:
            raise WrongInput("from must be before to, which is the day after the last")
        customer = customer_for(self.actor, number)
        found = statement_for(self.actor, customer, start=given["from"], end=given["to"])
        return Response(
            {
                "customer": customer.number,
                "customer_name": customer.name,
                "opening_pence": found.opening,
                "closing_pence": found.closing,
                "lines": [
                    {
                        "on": line.on,
                        "text": line.what,
                        "document": line.document_number or None,
                        "charged_pence": line.charged,
                        "settled_pence": line.settled,
                        "balance_pence": line.balance,
                    }
                    for line in found.lines
                ],
            }
        )


class AgedDebtorsView(ApiView):
    """Who owes what for how long."""

    area = "payments"

    @extend_schema(operation_id="aged_debtors", parameters=[OnQuery], responses=DebtorsSerializer, tags=["payments"])
    def get(self, request: Request) -> Response:
        """What was open at the end of a day, by days past due on it. For finance and the auditor."""
        on = query_of(request, OnQuery).get("on", timezone.localdate())
        rows = [_debtor(row) for row in aged_debtors(self.actor, on=on)]
        sums = {name: sum(row[name] for row in rows) for name in (*AGES, "on_account_pence", "total_pence")}
        return Response({"on": on, "customers": rows, "sums": sums})


def _debtor(row: AgedDebtor) -> dict[str, Any]:
    ages = dict(zip(AGES, row.ages, strict=True))
    return {
        "customer": row.number,
        "customer_name": row.name,
        **ages,
        "on_account_pence": row.on_account,
        "total_pence": row.total,
    }
