"""Months that are closed: nothing is posted into them any more, and what their balances were."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, models
from django.db.models import F, Q

from invoicing.ledger.models import Fund, IncomeStream, LedgerAccount
from marketplace.organisations.models import Organisation, Person

CLOSED = ("closed", "reopen_asked")


class MonthClose(models.Model):
    """One closing of a month: asked for by one person, closed by another. ``month`` is its first day.

    Reopening keeps the row and its balances, with the reason; a month closed again gets a new one.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waiting for approval"
        CLOSED = "closed", "Closed"
        REOPEN_ASKED = "reopen_asked", "Closed, reopening asked for"
        REOPENED = "reopened", "Reopened"
        WITHDRAWN = "withdrawn", "Withdrawn"

    month = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True)
    reopen_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(state__in=["asked", "closed", "reopen_asked"]), name="month_closed_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"], closed_by__isnull=True, closed_at__isnull=True)
                | (
                    Q(state__in=["closed", "reopen_asked", "reopened"], closed_at__isnull=False)
                    & ~Q(closed_by=F("asked_by"))
                    & Q(closed_by__isnull=False)
                ),
                name="month_closed_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reopen_asked", "reopened"])
                | (Q(reopen_asked_by__isnull=False) & ~Q(reason="")),
                name="month_reopened_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="reopened")
                | (Q(reopened_by__isnull=False, reopened_at__isnull=False) & ~Q(reopened_by=F("reopen_asked_by"))),
                name="month_reopened_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class MonthBalance(models.Model):
    """What stood on an account for a party, an income stream and a fund at a month's end, in pence: positive is debit."""

    close = models.ForeignKey(MonthClose, on_delete=models.PROTECT, related_name="balances")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["close", "account", "party", "stream", "fund"], nulls_distinct=False, name="month_balance_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.pence}"


def first_open_day(days: Iterable[date]) -> date | None:
    """The first day into which may be posted; None where no month is closed.

    Takes the months of ``days`` so that none of them is closed before the caller's transaction ends: closing waits.
    """
    months = sorted({day.year * 100 + day.month for day in days})
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoicing_first_open_day(%s::int[])", [months])
        found: date | None = cursor.fetchone()[0]
        return found
