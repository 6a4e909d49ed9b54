"""Several processes issue invoices at once and take some of them back: what each does, and the broken numberings."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.invoicing.races.many_charges import make_charges
from tests.invoicing.races.processes import CONTEXT, run_all

ON = date(2026, 9, 1)
PROCESSES = 8


class TakenBack(Exception):
    """Rolls a transaction back on purpose."""


@dataclass(frozen=True)
class Outcome:
    """What the processes report together, and the numbers that stand in the database."""

    issued: int
    taken_back: int
    refused_duplicates: int
    numbers: list[int]

    @property
    def duplicates(self) -> int:
        """Numbers given to two invoices: those that the database still had to refuse, and those that stand."""
        return self.refused_duplicates + len(self.numbers) - len(set(self.numbers))

    @property
    def gaps(self) -> int:
        return max(self.numbers, default=0) - len(set(self.numbers))


def race(*, charges: Any, schools: list[Any], each: int, numbering: str, seed: int = 4) -> Outcome:
    """Eight processes issue ``each`` invoices one by one; about a third of the transactions are rolled back."""
    from invoicing.documents.models import Document

    for index, school in enumerate(schools):
        make_charges(charges=charges, school=school, count=each, key=f"number:{index}")
    barrier = CONTEXT.Barrier(len(schools))
    told = run_all(
        issue_one_by_one,
        [(school.pk, seed + index, numbering, barrier) for index, school in enumerate(schools)],
        seconds=600,
    )
    issued = Document.objects.filter(kind="invoice").values_list("number", flat=True)
    return Outcome(
        issued=sum(t[0] for t in told),
        taken_back=sum(t[1] for t in told),
        refused_duplicates=sum(t[2] for t in told),
        numbers=sorted(int(number.removeprefix("INV-")) for number in issued),
    )


def issue_one_by_one(school_id: int, seed: int, numbering: str, barrier: Any) -> tuple[int, int, int]:
    """In one process: invoices issued, rolled back on purpose, and refused because the number was taken."""
    from django.db import IntegrityError, transaction

    from invoicing.receivables.billing import propose, run_billing
    from marketplace.core import series
    from marketplace.core.actors import platform

    if numbering != "counter":
        series.claim = BROKEN[numbering]
    chance = random.Random(seed)
    proposal = propose(on=ON)
    waiting = [draft for draft in proposal.invoices if draft.customer_id == school_id]
    issued = taken_back = duplicates = 0
    barrier.wait()
    while waiting:
        try:
            with transaction.atomic():
                run_billing(on=ON, actor=platform("race"), proposal=replace(proposal, invoices=[waiting[-1]]))
                if chance.random() < 0.33:
                    raise TakenBack
        except TakenBack:
            taken_back += 1
        except IntegrityError as error:
            if "document:INV-" not in str(error) and "invoicing_document_number" not in str(error):
                raise
            duplicates += 1
        else:
            issued += 1
            waiting.pop()
    return issued, taken_back, duplicates


def _max_plus_one(*, series: str, count: int = 1) -> list[str]:
    """The numbering that everybody writes first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substring(number FROM 5)::bigint), 0) FROM invoicing_document WHERE kind = 'invoice'"
        )
        [last] = cursor.fetchone()
    return [f"INV-{number:06d}" for number in range(last + 1, last + 1 + count)]


def _sequence(*, series: str, count: int = 1) -> list[str]:
    """The numbering that everybody writes second: a sequence gives nothing back."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('race_numbers') FROM generate_series(1, %s)", [count])
        return [f"INV-{number:06d}" for (number,) in cursor.fetchall()]


BROKEN: dict[str, Callable[..., list[str]]] = {"max": _max_plus_one, "sequence": _sequence}
