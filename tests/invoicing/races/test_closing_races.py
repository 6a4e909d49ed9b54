"""Eight post into a month while one closes it: after that nothing is in it that the closing did not count."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection

from invoicing.ledger.month_triggers import FIRST_OPEN_DAY
from invoicing.ledger.months import MonthClose
from marketplace.core.actors import Role
from marketplace.core.verification import verify
from tests.invariants import answer
from tests.invoicing.races.closing_months import ROUNDS, WRITERS, month_of, post_or_close
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.shop import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
_SHARED = "PERFORM pg_advisory_xact_lock_shared"


def together(partnership, actor, rounds: int) -> list[tuple[date | None, ...]]:
    """The days that the entries of each round were dated."""
    officer = person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer")
    manager = person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager")
    barrier = CONTEXT.Barrier(WRITERS + 1)
    given = [(who, officer, manager, rounds, barrier) for who in range(WRITERS + 1)]
    _, *dated = run_all(post_or_close, given)
    return list(zip(*dated, strict=True))


def months_that_moved() -> int:
    """Closed months whose balances are no longer what they were when they were closed."""
    [found] = [one for one in verify() if one.invariant.name == "closed-months-stand"]
    return len(found.violations)


def test_nothing_is_posted_into_a_month_that_is_being_closed(partnership, actor):
    rounds = together(partnership, actor, ROUNDS)
    before = after = 0
    for number, posted in enumerate(rounds):
        days = [day for day in posted if day is not None]
        assert len(days) == WRITERS, "an entry was refused"
        in_time = sum(day < month_of(number + 1) for day in days)
        assert all(day == month_of(number + 1) for day in days if day >= month_of(number + 1))
        before, after = before + in_time, after + WRITERS - in_time
    print(f"\n{ROUNDS} months closed while {WRITERS} posted into each: {before} entries in time, {after} dated later")
    assert before and after
    assert MonthClose.objects.filter(state="closed").count() == ROUNDS
    assert months_that_moved() == 0
    broken = {name for name, row in answer().items() if row["violations"]}
    assert broken == {"entries-have-origins"}, "the race posts entries for nothing, and all else holds"


@contextmanager
def unlocked() -> Iterator[None]:
    """Whoever posts no longer takes the month; only in this test's database, and put back afterwards."""
    assert _SHARED in FIRST_OPEN_DAY.body
    _define(FIRST_OPEN_DAY.sql.replace(_SHARED, "PERFORM greatest"))
    try:
        yield
    finally:
        _define(FIRST_OPEN_DAY.sql)


def _define(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_control_without_the_lock_a_closed_month_moves(partnership, actor):
    with unlocked():
        together(partnership, actor, ROUNDS)
    moved = months_that_moved()
    print(f"\ncontrol without the lock: {moved} of {ROUNDS} closed months moved")
    assert moved
