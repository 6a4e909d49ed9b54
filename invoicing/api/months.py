"""Months of the books: which are closed, and closing and opening them by two people."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, reason_of
from invoicing.closing.closing import MonthMoved, to_do
from invoicing.closing.queries import OPEN, RUNNING, STATES, Month, balances_of, month_for, months_for
from invoicing.ledger.months import MonthClose
from invoicing.services import (
    ask_to_close,
    ask_to_reopen,
    close_month,
    reopen_month,
    start_audit_file,
    withdraw_closing,
)
from marketplace.core.actors import FINANCE, Role
from marketplace.core.api.jobs import JobSerializer, job_body
from marketplace.core.api.views import ApiView


class BookMonthRow(serializers.Serializer[Any]):
    """A month and where it stands. ``closed_before``: closed together with the first month that was closed."""

    month = serializers.CharField(help_text="Such as 2026-09.")
    state = serializers.ChoiceField(choices=list(STATES.items()))
    entries = serializers.IntegerField(help_text="Ledger entries dated in it.")
    asked_by = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopen_asked_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it is to be opened again.")


class MonthBalanceSerializer(serializers.Serializer[Any]):
    """What an account stood at when the month was closed: above nought is a debit balance."""

    account = serializers.CharField()
    name = serializers.CharField()
    pence = serializers.IntegerField()


class BookMonthSerializer(BookMonthRow):
    """A month with what stands in the way of closing it, and its balances once it is closed."""

    to_do: Any = serializers.ListField(child=serializers.CharField(), help_text="Empty where it can be closed.")
    balances: Any = MonthBalanceSerializer(many=True)


class BookMonthsSerializer(serializers.Serializer[Any]):
    """Every month, latest first."""

    months: Any = BookMonthRow(many=True)


def _row(month: Month) -> dict[str, Any]:
    close = month.close
    return {
        "month": month.key,
        "state": month.state,
        "entries": month.entries,
        "asked_by": close.asked_by.name if close else None,
        "asked_at": close.asked_at if close else None,
        "closed_by": close.closed_by.name if close and close.closed_by else None,
        "closed_at": close.closed_at if close else None,
        "reopen_asked_by": close.reopen_asked_by.name if close and close.reopen_asked_by else None,
        "reason": close.reason if close else "",
    }


def _body(month: Month) -> dict[str, Any]:
    """A month as the API tells it."""
    waits = month.state in (OPEN, RUNNING, MonthClose.State.ASKED)
    kept = balances_of(month.close) if month.close and month.close.closed_at else []
    return {
        **_row(month),
        "to_do": [one.words for one in to_do(month=month.month, on=timezone.localdate())] if waits else [],
        "balances": [{"account": one.code, "name": one.name, "pence": one.pence} for one in kept],
    }


class MonthsView(ApiView):
    """The months of the books."""

    area = "ledger"

    @extend_schema(operation_id="months", responses=BookMonthsSerializer, tags=["ledger"])
    def get(self, request: Request) -> Response:
        """Every month from the first with an entry to today's, latest first. For finance and the auditor."""
        return Response({"months": [_row(one) for one in months_for(self.actor, today=timezone.localdate())]})


class OneMonthView(ApiView):
    """What the operations on one month share."""

    area = "ledger"

    def found(self, month: str) -> Month:
        return month_for(self.actor, month, today=timezone.localdate())

    def close_of(self, month: str, *roles: Role) -> MonthClose:
        """The closing that stands or waits; MonthMoved where nobody has asked."""
        found = self.found(month)
        self.actor.require(*(roles or FINANCE), to="close or open months")
        if found.close is None:
            raise MonthMoved(f"Nobody has asked to close {found}. Ask first; another person then closes it.")
        return found.close


class MonthView(OneMonthView):
    """One month."""

    @extend_schema(operation_id="month", responses=BookMonthSerializer, tags=["ledger"])
    def get(self, request: Request, month: str) -> Response:
        """One month: what stands in the way of closing it, or what its balances were when it was closed."""
        return Response(_body(self.found(month)))


class MonthAskToCloseView(OneMonthView):
    """Asking to close a month."""

    @extend_schema(operation_id="month_ask_to_close", request=None, responses=BookMonthSerializer, tags=["ledger"])
    def post(self, request: Request, month: str) -> Response:
        """Asks another person to close the month. Refused with every reason while something of it is still to do."""
        found = self.found(month)
        ask_to_close(month=found.month, on=timezone.localdate(), at=timezone.now(), actor=self.actor)
        return Response(_body(self.found(month)))


class MonthCloseView(OneMonthView):
    """Closing a month."""

    @extend_schema(operation_id="month_close", request=None, responses=BookMonthSerializer, tags=["ledger"])
    def post(self, request: Request, month: str) -> Response:
        """Closes the month, once every check of the books holds. For a finance manager who did not ask.

        From then on nothing is posted into it: what belongs there is dated the first open day.
        """
        close = self.close_of(month, Role.FINANCE_MANAGER)
        close_month(close=close, on=timezone.localdate(), at=timezone.now(), actor=self.actor)
        return Response(_body(self.found(month)))


class MonthWithdrawView(OneMonthView):
    """Taking back what was asked."""

    @extend_schema(operation_id="month_withdraw", request=None, responses=BookMonthSerializer, tags=["ledger"])
    def post(self, request: Request, month: str) -> Response:
        """Takes back what was asked and not done yet: the closing, or the reopening of a closed month."""
        withdraw_closing(close=self.close_of(month), actor=self.actor)
        return Response(_body(self.found(month)))


class MonthAskToReopenView(OneMonthView):
    """Asking to open a month again."""

    @extend_schema(
        operation_id="month_ask_to_reopen", request=ReasonRequest, responses=BookMonthSerializer, tags=["ledger"]
    )
    def post(self, request: Request, month: str) -> Response:
        """Asks another person to open the last closed month again, and says why. It stays closed until then."""
        close = self.close_of(month)
        ask_to_reopen(close=close, reason=reason_of(self.read(ReasonRequest)), actor=self.actor)
        return Response(_body(self.found(month)))


class MonthReopenView(OneMonthView):
    """Opening a month again."""

    @extend_schema(operation_id="month_reopen", request=None, responses=BookMonthSerializer, tags=["ledger"])
    def post(self, request: Request, month: str) -> Response:
        """Opens the month again; its balances are kept as they were. For a finance manager who did not ask."""
        close = self.close_of(month, Role.FINANCE_MANAGER)
        reopen_month(close=close, at=timezone.now(), actor=self.actor)
        return Response(_body(self.found(month)))


class MonthAuditFileView(OneMonthView):
    """The audit file of a month."""

    @extend_schema(operation_id="month_audit_file", request=None, responses={202: JobSerializer}, tags=["ledger"])
    def post(self, request: Request, month: str) -> Response:
        """Starts the job that makes the audit file of a closed month; follow it by its number, its file is had there.

        An archive of tables: trial balance, income and expenditure, balance sheet, movements, balances by party, aged
        debtors, documents, bank lines and the seals of the event log.
        """
        found = self.found(month)
        self.actor.require(*FINANCE, to="make audit files")
        return Response(job_body(start_audit_file(month=found, actor=self.actor)), status=202)
