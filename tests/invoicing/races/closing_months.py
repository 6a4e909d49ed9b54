"""Several post into a month while one closes it: what each process does, loaded by the forked processes."""

import random
import time
from datetime import date
from typing import Any

WRITERS, ROUNDS = 8, 100
FIRST_MONTH, FAR = date(2026, 9, 1), date(2040, 1, 1)
MOST_MS = 4.0


def month_of(number: int) -> date:
    """The month of a round: each round has its own, and each follows the one before."""
    from marketplace.core.periods import add_months

    return add_months(FIRST_MONTH, number)


def post_or_close(who: int, asker: Any, closer: Any, rounds: int, barrier: Any) -> list[date | None]:
    """Number nought closes the month of each round; the others post into it and return the days they were dated, None where refused."""
    chance = random.Random(2600 + who)
    return [_one_round(who, number, asker, closer, chance, barrier) for number in range(rounds)]


def _one_round(who: int, number: int, asker: Any, closer: Any, chance: random.Random, barrier: Any) -> date | None:
    from datetime import UTC, datetime

    from invoicing.closing import closing

    month = month_of(number)
    if who:
        barrier.wait(timeout=60)
        return _post(who, month, chance)
    closing.verify = list  # the locks are raced here; the test recomputes every check at the end
    at = datetime(2039, 1, 1, tzinfo=UTC)
    asked = closing.ask_to_close(month=month, on=FAR, at=at, actor=asker)
    barrier.wait(timeout=60)
    time.sleep(chance.uniform(0, MOST_MS) / 1000)
    closing.close_month(close=asked, on=FAR, at=at, actor=closer)
    return month


def _post(who: int, month: date, chance: random.Random) -> date | None:
    """One entry on a day of the month, in a transaction that works on a little after it."""
    from django.db import IntegrityError, transaction

    from invoicing.ledger.models import JournalEntry
    from invoicing.ledger.posting import NewEntry, NewMovement, post
    from marketplace.core.actors import platform

    on = month.replace(day=chance.randrange(1, 29))
    movement = NewMovement("1000", "4900", chance.randrange(1, 5_000), stream="OT")
    time.sleep(chance.uniform(0, MOST_MS) / 1000)
    entry = NewEntry("race", f"race:{month}:{who}", on, "Race", [movement])
    try:
        with transaction.atomic():
            [pk] = post(entries=[entry], actor=platform("race"))
            time.sleep(chance.uniform(0, MOST_MS) / 1000)
    except IntegrityError:  # the table's own guard, where the month closed behind the door's back
        return None
    return JournalEntry.objects.values_list("posted_on", flat=True).get(pk=pk)
