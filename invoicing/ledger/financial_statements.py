"""The two financial statements, read straight from the movements: income and expenditure, and the balance sheet.

No entry closes a year: a surplus is what income less costs comes to between two days, so that any period can be a year,
to 31 March or to 31 August, and both read the same books.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from invoicing.ledger.fund_room import FUND_LEGS
from invoicing.ledger.models import Fund, IncomeStream, LedgerAccount
from invoicing.ledger.reports import Balance, trial_balance
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period, add_months

_RESULTS = """
SELECT a.code, a.name, a.type, coalesce(s.source, ''), date_trunc('month', legs.posted_on)::date, sum(legs.pence)
FROM (
    SELECT m.credit_account_id AS account, m.stream_id AS stream, e.posted_on, m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on >= %(first)s AND e.posted_on < %(end)s
    UNION ALL
    SELECT m.debit_account_id, m.stream_id, e.posted_on, -m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on >= %(first)s AND e.posted_on < %(end)s
) legs
JOIN invoicing_ledgeraccount a ON a.code = legs.account AND a.type IN ('income', 'expense')
LEFT JOIN invoicing_incomestream s ON s.code = legs.stream
GROUP BY 1, 2, 3, 4, 5
"""
_IN_FUNDS = f"""
SELECT f.kind, sum(l.pence) FROM ({FUND_LEGS}) l
JOIN invoicing_journalentry e ON e.id = l.entry_id
JOIN invoicing_fund f ON f.id = l.fund_id
WHERE e.posted_on <= %s GROUP BY f.kind
"""
_INCOME, _EXPENSE = LedgerAccount.Type.INCOME.value, LedgerAccount.Type.EXPENSE.value
NO_SOURCE = "No source named"
_SOURCES = [*IncomeStream.Source.choices, ("", NO_SOURCE)]
MOST_YEARS = 10
_YEARS = range(1901, 2200)


@dataclass(frozen=True)
class Figure:
    """What an account came to in a period and in the same days a year earlier, in pence.

    Income counts credits less debits, a cost debits less credits; ``source`` is that of the income, "" where none is named
    and for costs.
    """

    code: str
    name: str
    source: str
    pence: int
    earlier_pence: int


@dataclass(frozen=True)
class SourceFigures:
    """One of the five sources of income with its accounts, in the order of their codes."""

    source: str
    name: str
    accounts: list[Figure]

    @property
    def pence(self) -> int:
        return sum(row.pence for row in self.accounts)

    @property
    def earlier_pence(self) -> int:
        return sum(row.earlier_pence for row in self.accounts)


@dataclass(frozen=True)
class MonthFigures:
    """Income and costs of a month, or of its part that lies in the period, in pence."""

    period: Period
    income_pence: int
    cost_pence: int

    @property
    def surplus_pence(self) -> int:
        return self.income_pence - self.cost_pence


@dataclass(frozen=True)
class IncomeAndExpenditure:
    """A period's income by source and its costs, beside the same days a year earlier. A negative surplus is a deficit."""

    period: Period
    earlier: Period
    income: list[SourceFigures]
    costs: list[Figure]
    months: list[MonthFigures]

    @property
    def income_pence(self) -> int:
        return sum(row.pence for row in self.income)

    @property
    def earlier_income_pence(self) -> int:
        return sum(row.earlier_pence for row in self.income)

    @property
    def cost_pence(self) -> int:
        return sum(row.pence for row in self.costs)

    @property
    def earlier_cost_pence(self) -> int:
        return sum(row.earlier_pence for row in self.costs)

    @property
    def surplus_pence(self) -> int:
        return self.income_pence - self.cost_pence

    @property
    def earlier_surplus_pence(self) -> int:
        return self.earlier_income_pence - self.earlier_cost_pence


@dataclass(frozen=True)
class _Row:
    """Credits less debits of one account, source and month, in pence."""

    code: str
    name: str
    type: str
    source: str
    month: date
    pence: int


def period_of_days(first: date, last: date) -> Period:
    """The period of both days and all between, for a statement. Raises WrongInput where it cannot be drawn."""
    if last < first:
        raise WrongInput("The last day must be on or after the first day.")
    if not (first.year in _YEARS and last.year in _YEARS and last < add_months(first, 12 * MOST_YEARS)):
        raise WrongInput(f"Choose a period of at most {MOST_YEARS} years between {_YEARS[0]} and {_YEARS[-1]}.")
    return Period(first, last + timedelta(days=1))


def income_and_expenditure(*, period: Period) -> IncomeAndExpenditure:
    """What was earned and spent by the days on which it was posted. Two queries, however long the period."""
    earlier = Period(add_months(period.start, -12), add_months(period.last_day, -12) + timedelta(days=1))
    now, then = _rows(period), _rows(earlier)
    earned = _figures(now, then, _INCOME, lambda row: row.source, sign=1)
    return IncomeAndExpenditure(
        period=period,
        earlier=earlier,
        income=[
            SourceFigures(source, name, own)
            for source, name in _SOURCES
            if (own := [row for row in earned if row.source == source])
        ],
        costs=_figures(now, then, _EXPENSE, lambda row: "", sign=-1),
        months=_months(now, period),
    )


def _rows(period: Period) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(_RESULTS, {"first": period.start, "end": period.end})
        return [
            _Row(code, name, kind, source, month, int(pence))
            for code, name, kind, source, month, pence in cursor.fetchall()
        ]


def _figures(
    now: Iterable[_Row], then: Iterable[_Row], kind: str, source_of: Callable[[_Row], str], *, sign: int
) -> list[Figure]:
    """The accounts of a type with anything in either period, in the order of their codes."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for index, rows in enumerate((now, then)):
        for row in rows:
            if row.type == kind:
                sums[row.code, row.name, source_of(row)][index] += sign * row.pence
    return [Figure(*key, *pair) for key, pair in sorted(sums.items()) if any(pair)]


def _months(rows: list[_Row], period: Period) -> list[MonthFigures]:
    """Every calendar month that the period touches, cut at its ends."""
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for row in rows:
        sums[row.month, row.type] += row.pence
    made, month = [], period.start.replace(day=1)
    while month < period.end:
        after = add_months(month, 1)
        part = Period(max(month, period.start), min(after, period.end))
        made.append(MonthFigures(part, sums[month, _INCOME], -sums[month, _EXPENSE]))
        month = after
    return made


@dataclass(frozen=True)
class BalanceSheet:
    """What the partnership has, owes and keeps at the end of a day, in pence.

    Assets count debits less credits; liabilities and ``reserves`` (the equity accounts) credits less debits.
    ``surplus_pence`` is all income less all costs since ``begun_on``, the first posting (None before there is any).
    """

    on: date
    begun_on: date | None
    assets: list[Balance]
    liabilities: list[Balance]
    reserves: list[Balance]
    surplus_pence: int
    restricted_pence: int
    designated_pence: int

    @property
    def assets_pence(self) -> int:
        return sum(row.pence for row in self.assets)

    @property
    def liabilities_pence(self) -> int:
        return -sum(row.pence for row in self.liabilities)

    @property
    def net_assets_pence(self) -> int:
        return self.assets_pence - self.liabilities_pence

    @property
    def reserves_pence(self) -> int:
        """The equity accounts and the surplus together: equal to the net assets, as every movement has two sides."""
        return -sum(row.pence for row in self.reserves) + self.surplus_pence

    @property
    def free_pence(self) -> int:
        """What belongs to no fund."""
        return self.reserves_pence - self.restricted_pence - self.designated_pence


def balance_sheet(*, on: date) -> BalanceSheet:
    """The balance sheet at the end of a day; accounts at nought are left out. Three queries."""
    rows = [row for row in trial_balance(on=on) if row.pence]
    with connection.cursor() as cursor:
        cursor.execute(_IN_FUNDS, [on])
        in_funds = {kind: int(pence) for kind, pence in cursor.fetchall()}
        cursor.execute("SELECT min(posted_on) FROM invoicing_journalentry WHERE posted_on <= %s", [on])
        (begun_on,) = cursor.fetchone()
    kinds = LedgerAccount.Type
    return BalanceSheet(
        on=on,
        begun_on=begun_on,
        assets=[row for row in rows if row.type == kinds.ASSET],
        liabilities=[row for row in rows if row.type == kinds.LIABILITY],
        reserves=[row for row in rows if row.type == kinds.EQUITY],
        surplus_pence=-sum(row.pence for row in rows if row.type in (_INCOME, _EXPENSE)),
        restricted_pence=in_funds.get(Fund.Kind.RESTRICTED, 0),
        designated_pence=in_funds.get(Fund.Kind.DESIGNATED, 0),
    )
