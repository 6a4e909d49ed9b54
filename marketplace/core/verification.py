"""Invariants that are recomputed from scratch, in plain SQL. Each package registers its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection


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
        with connection.cursor() as cursor:
            cursor.execute(invariant.checked)
            [checked] = cursor.fetchone()
            cursor.execute(f"SELECT * FROM ({invariant.broken}) AS broken LIMIT 10")
            yield Finding(invariant, int(checked), [str(row[0]) for row in cursor.fetchall()])
