"""Whether funds have room for what is about to be posted: asked with their rows locked, before anything is written.

The guard ``invoicing_movement_funds`` asks the same of the database when the movements stand; here it is said in words.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.db import connection

from invoicing.ledger.models import Fund, LedgerAccount
from invoicing.ledger.rules import effect
from marketplace.core.errors import DomainError
from marketplace.core.money import Money


class FundOverspent(DomainError):
    """From a fund is spent what it has and no more."""

    code = "fund_overspent"


class FundRefused(DomainError):
    """A fund that is closed, does not run on the day, or stands on no income or expense of the movement."""

    code = "fund_refused"


class OfFund(Protocol):
    """A movement that names a fund."""

    @property
    def debit(self) -> str: ...
    @property
    def credit(self) -> str: ...
    @property
    def pence(self) -> int: ...
    @property
    def fund(self) -> int | None: ...


# A credit of income, expense or funds set aside adds, a debit takes; the guard sees that one side alone is such.
FUND_LEGS = """
    SELECT m.id, m.entry_id, m.fund_id, f.code AS account, f.type AS type,
           CASE WHEN f.code = m.credit_account_id THEN m.pence ELSE -m.pence END AS pence
    FROM invoicing_movement m JOIN invoicing_ledgeraccount f
      ON f.code IN (m.debit_account_id, m.credit_account_id) AND (f.type IN ('income', 'expense') OR f.code = '3100')
    WHERE m.fund_id IS NOT NULL
"""
_LEFT = f"SELECT coalesce(sum(pence), 0) FROM ({FUND_LEGS}) legs WHERE fund_id = %s"


def open_funds() -> dict[str, int]:
    """The ids of the funds that are not closed, by their codes."""
    return dict(Fund.objects.filter(closed_on__isnull=True).values_list("code", "pk"))


def left_in(fund_id: int) -> int:
    """Pence in a fund, over all its movements."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [fund_id])
        [pence] = cursor.fetchone() or (0,)
        return int(pence)


def require_room(movements: Sequence[tuple[OfFund, date, int | None]]) -> None:
    """Refuses movements that their funds cannot bear: (movement, day of posting, entry that it reverses).

    Locks the funds until the transaction ends, in the order of their ids. What reverses an entry may be of any day.
    """
    types = dict(LedgerAccount.objects.values_list("code", "type"))
    ids = {movement.fund or 0 for movement, _, _ in movements}
    funds = {fund.pk: fund for fund in Fund.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    changes: dict[int, int] = {}
    for movement, on, reverses in movements:
        fund = funds.get(movement.fund or 0)
        if fund is None:
            raise FundRefused("There is no such fund. Choose one of the list of funds.")
        pence = effect(debit=movement.debit, credit=movement.credit, pence=movement.pence, types=types)
        if pence is None:
            raise FundRefused(
                f"{fund.name} must stand on exactly one account of income, of costs or of funds set aside. "
                f"{movement.debit} and {movement.credit} are not such a pair."
            )
        _require_running(fund, on, pence, reverses)
        changes[fund.pk] = changes.get(fund.pk, 0) + pence
    for pk, pence in sorted(changes.items()):
        left = left_in(pk) if pence < 0 else 0
        if left + pence < 0:
            raise FundOverspent(
                f"{funds[pk].name} has {Money(left)} left, so {Money(-pence)} cannot be taken from it. Spend less, or wait "
                "until more has come in.",
                remaining=left,
            )


def _require_running(fund: Fund, on: date, pence: int, reverses: int | None) -> None:
    if fund.closed_on is not None:
        raise FundRefused(f"{fund.name} was closed on {fund.closed_on:%-d %B %Y}. Reopen it, or choose another fund.")
    if reverses is not None:
        return
    if on < fund.starts_on:
        raise FundRefused(f"{fund.name} begins on {fund.starts_on:%-d %B %Y}, after {on:%-d %B %Y}.")
    if pence < 0 and fund.ends_on is not None and on >= fund.ends_on:
        raise FundRefused(
            f"{fund.name} ended before {fund.ends_on:%-d %B %Y}, so nothing of {on:%-d %B %Y} can be spent from it."
        )
