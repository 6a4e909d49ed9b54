"""The bank: accounts, statements, lines, and the import of a file. For finance and the auditor."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.bank_files import RAW, Upload, UploadQuery, WholeFileParser
from invoicing.api.common import PenceFilter, require_finance
from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.queries import bank_account_for, bank_accounts_for, lines_for, position_of, statements_for
from invoicing.banking.rules.layouts import LAYOUTS
from invoicing.banking.services import Repeats, import_statement
from invoicing.banking.services.accounts import add_bank_account
from invoicing.queries import require_finance_reader
from marketplace.core.api.views import ApiView, ListView


class BankAccountSerializer(serializers.Serializer[Any]):
    """An account as the bank and as the ledger tell it: closing = ledger + unmatched lines + difference."""

    code = serializers.CharField()
    name = serializers.CharField()
    ledger_account = serializers.CharField()
    layout = serializers.CharField(help_text="The form of its bank's files.")
    sort_code = serializers.CharField(allow_blank=True)
    account_number = serializers.CharField(allow_blank=True)
    closing_pence = serializers.IntegerField(allow_null=True, help_text="Empty before the first statement.")
    closing_on = serializers.DateField(allow_null=True)
    ledger_pence = serializers.IntegerField()
    unmatched_lines = serializers.IntegerField()
    unmatched_pence = serializers.IntegerField()
    difference_pence = serializers.IntegerField(help_text="Nought when the account reconciles.")


class StatementRow(serializers.Serializer[Any]):
    """An imported file that brought something new; ``new`` + ``duplicate`` lines were read."""

    id = serializers.IntegerField()
    account = serializers.CharField()
    layout = serializers.CharField()
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    opening_pence = serializers.IntegerField()
    closing_pence = serializers.IntegerField()
    new = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class ImportSerializer(serializers.Serializer[Any]):
    """What an import did. ``accepted`` lines were read whole, of which ``new`` were not known."""

    statement = serializers.IntegerField(allow_null=True, help_text="Empty when the file brought nothing new.")
    accepted = serializers.IntegerField()
    new = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    matched = serializers.IntegerField()
    opening_pence = serializers.IntegerField()
    closing_pence = serializers.IntegerField()
    proven = serializers.BooleanField(help_text="Whether the balances are the bank's own.")
    warnings = serializers.ListField(child=serializers.CharField())


class BankLineRow(serializers.Serializer[Any]):
    """One transaction at the bank; money in is above nought."""

    id = serializers.IntegerField()
    account = serializers.CharField()
    statement = serializers.IntegerField()
    position = serializers.IntegerField()
    on = serializers.DateField()
    kind = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    pence = serializers.IntegerField()
    balance_pence = serializers.IntegerField()
    state = serializers.ChoiceField(choices=BankLine.State.choices)


LINE_COLUMNS = {
    "id": "id",
    "account": "account_id",
    "statement": "statement_id",
    **{name: name for name in ("position", "on", "kind", "description", "pence", "balance_pence", "state")},
}


class BankLineFilters(FilterSet):
    """By state, day and amount."""

    state = ChoiceFilter(choices=BankLine.State.choices)
    on_from = DateFilter(field_name="on", lookup_expr="gte")
    on_before = DateFilter(field_name="on", lookup_expr="lt")
    pence = PenceFilter(field_name="pence", help_text="Exactly this amount; money out is below nought.")

    class Meta:
        model = BankLine
        fields: list[str] = []


class NewBankAccount(serializers.Serializer[Any]):
    """A further bank account, on an account of the ledger that no other has."""

    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=100)
    ledger_account = serializers.CharField(max_length=8)
    layout = serializers.ChoiceField(choices=LAYOUTS)
    sort_code = serializers.CharField(max_length=10)
    account_number = serializers.CharField(max_length=12)


class BankAccountsView(ApiView):
    """The partnership's bank accounts."""

    area = "bank"

    @extend_schema(operation_id="bank_accounts", responses=BankAccountSerializer(many=True), tags=["bank"])
    def get(self, request: Request) -> Response:
        """Every bank account, and whether it reconciles with the ledger."""
        return Response([self._body(account) for account in bank_accounts_for(self.actor)])

    @extend_schema(
        operation_id="bank_account_add", request=NewBankAccount, responses={201: BankAccountSerializer}, tags=["bank"]
    )
    def post(self, request: Request) -> Response:
        """Adds a bank account. Finance managers only."""
        require_finance_reader(self.actor)
        given = self.read(NewBankAccount)
        made = add_bank_account(ledger_account_code=given.pop("ledger_account"), actor=self.actor, **given)
        return Response(self._body(made), status=201)

    def _body(self, account: BankAccount) -> dict[str, Any]:
        position = position_of(self.actor, account)
        return {
            "code": account.code,
            "name": account.name,
            "ledger_account": account.ledger_account_id,
            "layout": account.layout,
            "sort_code": account.sort_code,
            "account_number": account.account_number,
            "closing_pence": position.closing,
            "closing_on": position.closing_on,
            "ledger_pence": position.ledger,
            "unmatched_lines": position.unmatched,
            "unmatched_pence": position.unmatched_pence,
            "difference_pence": position.difference,
        }


class BankStatementsView(ListView):
    """Statements of an account."""

    area = "bank"
    parser_classes = [MultiPartParser, WholeFileParser]
    serializer_class = StatementRow
    columns = {
        "id": "id",
        "account": "account_id",
        **{name: name for name in ("layout", "file_name", "sha256", "first_on", "last_on", "opening_pence",
                                   "closing_pence", "new", "duplicate", "warnings")},
    }  # fmt: skip

    def rows(self) -> QuerySet[BankStatement]:
        account = bank_account_for(self.actor, self.kwargs["code"])
        return statements_for(self.actor).filter(account=account)

    def rows_model(self) -> Any:
        return BankStatement.objects

    def most_bytes(self) -> int:
        """A form says a little more than its file."""
        return settings.UPLOAD_LIMIT_BYTES + super().most_bytes()

    @extend_schema(operation_id="bank_statements", tags=["bank"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Imported files of an account, latest first."""
        return self.page()

    @extend_schema(
        operation_id="bank_statement_import",
        parameters=[UploadQuery],
        request={"multipart/form-data": Upload, **RAW},
        responses={201: ImportSerializer},
        tags=["bank"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Imports a bank's file, whole or not at all; what it is, its content says. Known lines are counted, not added.

        Send a form with the file, or the file as the body with the rest in the query. Finance only.
        """
        account = bank_account_for(self.actor, code)
        require_finance(self.actor, to="import bank statements")
        given = self.read(Upload)
        file, repeats = given["file"], given.get("repeats")
        report = import_statement(
            account=account,
            data=file.read(),
            file_name=given.get("file_name") or file.name or "",
            confirm_at=None,
            actor=self.actor,
            closing_pence=given.get("closing_pence"),
            repeats=Repeats(repeats) if repeats else None,
            today=timezone.localdate(),
        )
        same = ("accepted", "new", "duplicate", "matched", "opening_pence", "closing_pence", "proven", "warnings")
        body = {"statement": report.statement_id, **{name: getattr(report, name) for name in same}}
        return Response(body, status=201)


class BankLinesView(ListView):
    """Lines of an account."""

    area = "bank"
    serializer_class = BankLineRow
    filterset_class = BankLineFilters
    columns = LINE_COLUMNS

    def rows(self) -> QuerySet[BankLine]:
        return lines_for(self.actor, bank_account_for(self.actor, self.kwargs["code"]))

    @extend_schema(operation_id="bank_lines", tags=["bank"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Lines of an account, the latest imported first."""
        return self.page()
