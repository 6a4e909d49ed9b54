"""Invariants that are recomputed from scratch, in plain SQL. Each package registers its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from marketplace.core.bulk import may_prepare

FEW = 1000
"""Up to so many rows the plan of an invariant is kept for the next time it is checked in the same connection."""


@dataclass(frozen=True)
class Invariant:
    """``number`` is that of the list of invariants; ``broken`` selects one readable text per violation.

    ``checked`` counts the rows looked at, so that an empty success shows itself as one.
    """

    number: int
    name: str
    claim: str
    checked: str
    broken: str


@dataclass(frozen=True)
class Finding:
    """What the check of one invariant found; ``violations`` holds at most ten texts."""

    invariant: Invariant
    checked: int
    violations: list[str]


_registered: dict[str, Invariant] = {}


def register(*invariants: Invariant) -> None:
    _registered.update({invariant.name: invariant for invariant in invariants})


def registered() -> list[Invariant]:
    return sorted(_registered.values(), key=lambda invariant: (invariant.number, invariant.name))


def verify() -> Iterator[Finding]:
    """Checks every registered invariant, in the order of their numbers."""
    for invariant in registered():
        yield check(invariant)


def check(invariant: Invariant) -> Finding:
    """Checks one.

    The violations stand in a WITH of their own, which is planned for all its rows: asked for ten, the planner would hope
    to come by them soon, and where there are none it never does. Planning costs ten times what running it on a few rows
    does, so whoever checks again and again, as a walk does after each step, has each planned once.
    """
    [(checked,)] = _rows(invariant.checked, keep=True)
    broken = f"WITH broken AS MATERIALIZED ({invariant.broken}) SELECT * FROM broken LIMIT 10"
    found = _rows(broken, keep=int(checked) <= FEW)
    return Finding(invariant, int(checked), [str(row[0]) for row in found])


def _rows(statement: str, *, keep: bool) -> list[tuple[Any, ...]]:
    """What a statement without parameters returns; ``keep`` its plan in this connection."""
    used = connections[DEFAULT_DB_ALIAS]
    with used.wrap_database_errors, psycopg.RawCursor(may_prepare(used)) as cursor:
        cursor.execute(statement.encode(), prepare=keep)
        return cursor.fetchall()
