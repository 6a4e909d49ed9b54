"""The ledger: trial balance, accounts, movements, entries. For finance and the auditor."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django_filters import CharFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import OnQuery, query_of
from invoicing.ledger.models import LedgerAccount, Movement
from invoicing.ledger.reports import trial_balance
from invoicing.queries import account_for, accounts_for, entry_for, movements_for
from marketplace.core.api.views import ApiView, ListView


class BalanceSerializer(serializers.Serializer[Any]):
    """An account's balance; one of the two amounts is nought."""

    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=LedgerAccount.Type.choices)
    debit_pence = serializers.IntegerField()
    credit_pence = serializers.IntegerField()


class TrialBalanceSerializer(serializers.Serializer[Any]):
    """Every account at the end of a day; the two sums are the same."""

    on = serializers.DateField()
    accounts = BalanceSerializer(many=True)
    debit_pence = serializers.IntegerField()
    credit_pence = serializers.IntegerField()


class AccountSerializer(serializers.Serializer[Any]):
    """An account; on a control account every movement names a party."""

    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=LedgerAccount.Type.choices)
    control = serializers.BooleanField()


class AccountLineSerializer(serializers.Serializer[Any]):
    """One movement seen from an account. Both amounts stand where it went from one party of it to another."""

    id = serializers.IntegerField()
    entry = serializers.IntegerField()
    posted_on = serializers.DateField()
    kind = serializers.CharField()
    narrative = serializers.CharField(allow_blank=True)
    document = serializers.CharField(allow_null=True)
    debit_pence = serializers.IntegerField()
    credit_pence = serializers.IntegerField()
    debit_account = serializers.CharField()
    debit_party = serializers.CharField(allow_null=True, help_text="Customer number, on a control account.")
    credit_account = serializers.CharField()
    credit_party = serializers.CharField(allow_null=True, help_text="Customer number, on a control account.")


class MovementSerializer(serializers.Serializer[Any]):
    """One amount from the credited side to the debited side."""

    debit_account = serializers.CharField()
    debit_party = serializers.CharField(allow_null=True)
    credit_account = serializers.CharField()
    credit_party = serializers.CharField(allow_null=True)
    pence = serializers.IntegerField()
    stream = serializers.CharField(allow_null=True)
    analysis_code = serializers.CharField(allow_blank=True)
    fund = serializers.CharField(allow_null=True, help_text="Code of the fund that its income or cost belongs to.")


class EntrySerializer(serializers.Serializer[Any]):
    """One posting, written whole and never changed."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    issued_on = serializers.DateField()
    tax_point = serializers.DateField()
    posted_on = serializers.DateField()
    narrative = serializers.CharField(allow_blank=True)
    document = serializers.CharField(allow_null=True)
    reverses = serializers.IntegerField(allow_null=True)
    reversed_by = serializers.IntegerField(allow_null=True)
    written_at = serializers.DateTimeField()
    movements = MovementSerializer(many=True)


class AccountLineFilters(FilterSet):
    """By day and by party."""

    posted_from = DateFilter(field_name="entry__posted_on", lookup_expr="gte")
    posted_before = DateFilter(field_name="entry__posted_on", lookup_expr="lt")
    party = CharFilter(method="of_party", max_length=12, help_text="Customer number.")

    class Meta:
        model = Movement
        fields: list[str] = []

    def of_party(self, queryset: QuerySet[Movement], name: str, value: str) -> QuerySet[Movement]:
        return queryset.filter(Q(debit_party__number=value) | Q(credit_party__number=value))


class TrialBalanceView(ApiView):
    """The trial balance."""

    area = "ledger"

    @extend_schema(
        operation_id="trial_balance", parameters=[OnQuery], responses=TrialBalanceSerializer, tags=["ledger"]
    )
    def get(self, request: Request) -> Response:
        """Every account's balance at the end of a day."""
        accounts_for(self.actor)
        on = query_of(request, OnQuery).get("on", timezone.localdate())
        rows = trial_balance(on=on)
        return Response(
            {
                "on": on,
                "accounts": [
                    {
                        "code": row.code,
                        "name": row.name,
                        "type": row.type,
                        "debit_pence": row.debit,
                        "credit_pence": row.credit,
                    }
                    for row in rows
                ],
                "debit_pence": sum(row.debit for row in rows),
                "credit_pence": sum(row.credit for row in rows),
            }
        )


class LedgerAccountsView(ApiView):
    """The chart of accounts."""

    area = "ledger"

    @extend_schema(operation_id="ledger_accounts", responses=AccountSerializer(many=True), tags=["ledger"])
    def get(self, request: Request) -> Response:
        """Every account of the chart, in the order of their codes."""
        return Response(list(accounts_for(self.actor).values("code", "name", "type", "control")))


class AccountLinesView(ListView):
    """Movements of an account."""

    area = "ledger"
    serializer_class = AccountLineSerializer
    filterset_class = AccountLineFilters
    columns = {
        "id": "id",
        "entry": "entry_id",
        "posted_on": "entry__posted_on",
        "kind": "entry__kind",
        "narrative": "entry__narrative",
        "document": "entry__document__number",
        "debit_pence": "debit",
        "credit_pence": "credit",
        "debit_account": "debit_account_id",
        "debit_party": "debit_party__number",
        "credit_account": "credit_account_id",
        "credit_party": "credit_party__number",
    }

    def rows(self) -> QuerySet[Movement]:
        account = account_for(self.actor, self.kwargs["code"])
        return movements_for(self.actor, account).annotate(
            debit=Case(When(debit_account=account, then=F("pence")), default=Value(0)),
            credit=Case(When(credit_account=account, then=F("pence")), default=Value(0)),
        )

    @extend_schema(operation_id="ledger_account_lines", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every movement of an account, latest first. Its debits less its credits up to a day are its balance then."""
        return self.page()


class EntryView(ApiView):
    """One posting."""

    area = "ledger"

    @extend_schema(operation_id="ledger_entry", responses=EntrySerializer, tags=["ledger"])
    def get(self, request: Request, pk: int) -> Response:
        """One posting with its movements."""
        entry = entry_for(self.actor, pk)
        document, reversed_by = getattr(entry, "document", None), getattr(entry, "reversed_by", None)
        same = ("kind", "issued_on", "tax_point", "posted_on", "narrative", "written_at")
        movements = entry.movements.order_by("pk").values("pence", "analysis_code", *_SIDES.values())
        return Response(
            {
                "id": entry.pk,
                **{name: getattr(entry, name) for name in same},
                "document": document.number if document else None,
                "reverses": entry.reverses_id,
                "reversed_by": reversed_by.pk if reversed_by else None,
                "movements": [
                    {name: row[where] for name, where in _SIDES.items()}
                    | {"pence": row["pence"], "analysis_code": row["analysis_code"]}
                    for row in movements
                ],
            }
        )


_SIDES = {
    "fund": "fund__code",
    "debit_account": "debit_account_id",
    "debit_party": "debit_party__number",
    "credit_account": "credit_account_id",
    "credit_party": "credit_party__number",
    "stream": "stream_id",
}
