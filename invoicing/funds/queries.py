"""What funds got, spent and have, from the ledger alone: for finance and the auditor; others are told nothing."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from invoicing.ledger.fund_room import FUND_LEGS
from invoicing.ledger.models import Fund
from invoicing.queries import require_finance_reader
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound

# Income is got and a cost is spent, whatever its sign; of funds set aside, what comes is got and what goes is spent, and
# a reversal takes back what it reverses.
_FIGURES = f"""
SELECT l.fund_id, coalesce(sum(l.pence) FILTER (WHERE got), 0), coalesce(-sum(l.pence) FILTER (WHERE NOT got), 0)
FROM (
    SELECT l.*, CASE l.type WHEN 'income' THEN true WHEN 'expense' THEN false
                ELSE (l.pence > 0) = (e.reverses_id IS NULL) END AS got
    FROM ({FUND_LEGS}) l JOIN invoicing_journalentry e ON e.id = l.entry_id WHERE e.posted_on <= %s
) l GROUP BY l.fund_id
"""
_MOVEMENTS = f"""
SELECT e.id, e.posted_on, e.narrative, coalesce(d.number, ''), l.account, a.name, l.pence,
       sum(l.pence) OVER (ORDER BY e.posted_on, l.id)
FROM ({FUND_LEGS}) l
JOIN invoicing_journalentry e ON e.id = l.entry_id
JOIN invoicing_ledgeraccount a ON a.code = l.account
LEFT JOIN invoicing_document d ON d.entry_id = e.id
WHERE l.fund_id = %s AND e.posted_on <= %s ORDER BY e.posted_on, l.id
"""


@dataclass(frozen=True)
class FundFigures:
    """A fund at the end of a day; pence."""

    fund: Fund
    received_pence: int
    spent_pence: int

    @property
    def balance_pence(self) -> int:
        return self.received_pence - self.spent_pence


@dataclass(frozen=True)
class FundMovement:
    """One movement of a fund: positive pence came in. ``balance`` runs."""

    entry_id: int
    on: date
    narrative: str
    document_number: str
    account: str
    account_name: str
    pence: int
    balance: int


def funds_for(actor: Actor) -> QuerySet[Fund]:
    """Every fund, in the order of the codes."""
    require_finance_reader(actor)
    return Fund.objects.select_related("funder").order_by("code")


def fund_for(actor: Actor, code: str) -> Fund:
    """One fund by its code, or NotFound."""
    found = funds_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no fund {code}.")
    return found


def figures_of(actor: Actor, *, on: date, kind: str = "") -> list[FundFigures]:
    """What each fund got and spent up to and including a day, in the order of the codes. Two queries."""
    funds = funds_for(actor).filter(kind=kind) if kind else funds_for(actor)
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [on])
        known = {pk: (int(got), int(spent)) for pk, got, spent in cursor.fetchall()}
    return [FundFigures(fund, *known.get(fund.pk, (0, 0))) for fund in funds]


def figures_of_one(actor: Actor, fund: Fund, *, on: date) -> FundFigures:
    """What one fund got and spent up to and including a day."""
    return next(row for row in figures_of(actor, on=on) if row.fund.pk == fund.pk)


def fund_movements(actor: Actor, fund: Fund, *, on: date) -> list[FundMovement]:
    """Every movement of a fund up to and including a day with the running balance, oldest first."""
    require_finance_reader(actor)
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, [fund.pk, on])
        return [
            FundMovement(entry, day, narrative, number, account, name, int(pence), int(balance))
            for entry, day, narrative, number, account, name, pence, balance in cursor.fetchall()
        ]
