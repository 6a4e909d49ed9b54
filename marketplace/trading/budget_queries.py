"""Reads over budgets and year ends, scoped to an actor: an organisation's own, of a trust with its schools."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Sum

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.queries import financial_year_of
from marketplace.organisations.rules.financial_year import COUNCIL_FIRST_MONTH, financial_year
from marketplace.trading.models import BudgetLine
from marketplace.trading.purchases import Purchase, members_of, purchases_of
from marketplace.trading.rules.budgets import BudgetRow, What, budget_rows, scheme_of, total_of
from marketplace.trading.rules.year_end import split_at

MOST_YEARS = 10  # how far from today a budget may lie


@dataclass(frozen=True)
class YearBudget:
    """An organisation's year: a row for each code, and for a trust a total for each of its members."""

    organisation: Organisation
    year: Period
    scheme: str
    rows: list[BudgetRow]
    members: list[tuple[Organisation, BudgetRow]]

    @property
    def total(self) -> BudgetRow:
        return total_of(self.rows)


@dataclass(frozen=True)
class CarriedLine:
    """A purchase at a year end: pence before VAT delivered by then, and after it; a credit takes off both."""

    purchase: Purchase
    by_then: int
    after: int

    @property
    def pence(self) -> int:
        return self.by_then + self.after


@dataclass(frozen=True)
class YearEnd:
    """What stood open at the end of a financial year, as it is known today.

    ``ordered``: ordered by then and not invoiced by then. ``in_advance``: invoiced by then for what comes later, its
    credits taken off. ``owed``: what each organisation owed on invoices less what it had on account, with VAT; of a
    year that has not ended, as it stands now.
    """

    organisation: Organisation
    year: Period
    ordered: list[CarriedLine]
    in_advance: list[CarriedLine]
    owed: list[tuple[Organisation, int]]

    @property
    def delivered_pence(self) -> int:
        """Ordered, delivered by the year's end, not invoiced: to be accrued."""
        return sum(line.by_then for line in self.ordered)

    @property
    def commitments(self) -> list[CarriedLine]:
        """What is ordered and still to be delivered after the year's end."""
        return [line for line in self.ordered if line.after]

    @property
    def committed_pence(self) -> int:
        return sum(line.after for line in self.ordered)

    @property
    def in_advance_pence(self) -> int:
        return sum(line.after for line in self.in_advance)

    @property
    def owed_pence(self) -> int:
        return sum(pence for _, pence in self.owed)


def code_scheme_of(organisation: Organisation) -> str:
    """Whether the organisation books by CFR or AAR codes."""
    trust = organisation.kind == Organisation.Kind.TRUST
    school = None if trust else School.objects.filter(organisation=organisation).first()
    return scheme_of(school.billing_class if school else "", trust=trust)


def year_of(organisation: Organisation, day: date) -> Period:
    """The organisation's financial year in which a day lies; April to March where its kind does not tell."""
    return financial_year_of(organisation, day) or financial_year(day, COUNCIL_FIRST_MONTH)


def years_around(organisation: Organisation, on: date) -> list[Period]:
    """Last year, this year and next year."""
    this = year_of(organisation, on)
    return [Period.months_from(add_months(this.start, months), 12) for months in (-12, 0, 12)]


def year_starting(organisation: Organisation, day: date, *, on: date) -> Period:
    """The organisation's year that begins on a day. Raises NotFound where none does, or it lies far from ``on``."""
    year = year_of(organisation, day) if abs(day.year - on.year) <= MOST_YEARS else None
    if year is None or year.start != day:
        raise NotFound("No financial year of this organisation begins on that day.")
    return year


def budget_for(actor: Actor, organisation: Organisation, year: Period) -> YearBudget:
    """What was budgeted, ordered, invoiced and credited in a year, or NotFound. Four queries at most."""
    members, scheme = members_of(actor, organisation), code_scheme_of(organisation)
    pks = [one.pk for one in members]
    lines = BudgetLine.objects.filter(organisation_id__in=pks, year_starts_on=year.start)
    bought = purchases_of(pks, scheme=scheme, start=year.start, end=year.end)
    sums = lines.order_by().values_list("code").annotate(pence=Sum("pence"))
    rows = budget_rows({code: int(pence) for code, pence in sums}, ((b.code, b.what, b.pence) for b in bought))
    return YearBudget(organisation, year, scheme, rows, _by_member(members, lines, bought))


def _by_member(
    members: list[Organisation], lines: Iterable[BudgetLine], bought: list[Purchase]
) -> list[tuple[Organisation, BudgetRow]]:
    if len(members) == 1:
        return []
    budgets = [(line.organisation_id, line.pence) for line in lines]
    found = []
    for member in members:
        mine = {"": sum(pence for pk, pence in budgets if pk == member.pk)}
        [row] = budget_rows(mine, (("", one.what, one.pence) for one in bought if one.school_id == member.pk))
        found.append((member, row))
    return found


def purchases_for(
    actor: Actor, organisation: Organisation, year: Period, *, code: str | None = None, what: str = ""
) -> list[Purchase]:
    """The lines behind the figures of a year, or NotFound; of one code ("" for none), of one kind, or of all."""
    pks = [one.pk for one in members_of(actor, organisation)]
    found = purchases_of(pks, scheme=code_scheme_of(organisation), start=year.start, end=year.end)
    return [one for one in found if (code is None or one.code == code) and what in ("", one.what)]


def own_budget(actor: Actor, organisation: Organisation, year: Period) -> dict[str, int]:
    """The organisation's own budget by code, in pence; its schools' stand with them."""
    members_of(actor, organisation)
    lines = BudgetLine.objects.filter(organisation=organisation, year_starts_on=year.start)
    return dict(lines.order_by("code").values_list("code", "pence"))


def year_end_for(actor: Actor, organisation: Organisation, year: Period) -> YearEnd:
    """What stood open at the year's end, or NotFound."""
    members, scheme = members_of(actor, organisation), code_scheme_of(organisation)
    pks, end = [one.pk for one in members], year.end
    found = purchases_of(pks, scheme=scheme, after=end)
    waiting = [one for one in found if one.ordered_on < end and _open_at(one, end)]
    before = [one for one in found if one.on < end and one.what != What.ORDERED]
    balances = _owed(pks, end)
    return YearEnd(
        organisation=organisation,
        year=year,
        ordered=[_carried(one, end) for one in waiting],
        in_advance=[line for line in (_carried(one, end) for one in before) if line.after],
        owed=[(one, balances[one.pk]) for one in members if balances.get(one.pk)],
    )


def _open_at(purchase: Purchase, end: date) -> bool:
    """Not invoiced before a day: it still waits, or its invoice came later."""
    return purchase.what == What.ORDERED or (purchase.what == What.INVOICED and purchase.on >= end)


def _carried(purchase: Purchase, end: date) -> CarriedLine:
    """What has no dates counts as delivered when it is invoiced, and until then as still to come."""
    pence = purchase.signed
    if purchase.service is None:
        return CarriedLine(purchase, 0, pence) if _open_at(purchase, end) else CarriedLine(purchase, pence, 0)
    sign = -1 if pence < 0 else 1
    by_then, after = split_at(abs(pence), purchase.service, end)
    return CarriedLine(purchase, sign * by_then, sign * after)


_OWED = """
SELECT party, sum(pence)::bigint FROM (
    SELECT m.debit_party_id AS party, m.pence
    FROM invoicing_movement m JOIN invoicing_journalentry e ON e.id = m.entry_id
    WHERE m.debit_account_id IN ('1100', '2100') AND m.debit_party_id = ANY(%(own)s) AND e.posted_on < %(end)s
    UNION ALL
    SELECT m.credit_party_id, -m.pence
    FROM invoicing_movement m JOIN invoicing_journalentry e ON e.id = m.entry_id
    WHERE m.credit_account_id IN ('1100', '2100') AND m.credit_party_id = ANY(%(own)s) AND e.posted_on < %(end)s
) AS moved GROUP BY party
"""


def _owed(own: list[int], end: date) -> dict[int, int]:
    """What each owed before a day, less what it had on account, by the ledger: the closing balance of its statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, {"own": own, "end": end})
        return dict(cursor.fetchall())
