"""The machine of bookings at full length: every invariant, and a second book, after each of a thousand steps."""

import pytest

from tests.trading.stateful.machine import walk
from tests.trading.stateful.worlds import booking_world

pytestmark = [pytest.mark.django_db, pytest.mark.torture]
LEAST, LENGTH, TIMES = 1_500, 50, 5
RULES = [
    "accept", "approve", "ask", "bill", "book", "cancel", "cancel course", "capacity", "days pass", "decline",
    "decline waiting", "join", "leave waiting", "move course", "move place", "someone else", "withdraw",
]  # fmt: skip


def test_a_thousand_steps(partnership, tmp_path, actor, chance):
    tally = walk(
        world=booking_world(partnership, tmp_path, actor),
        number=chance.randrange(10**6),
        least=LEAST,
        length=LENGTH,
        each=RULES,
        times=TIMES,
    )
    print("\n".join(tally.lines()))
    assert tally.checks >= tally.steps >= LEAST
    assert {name: tally.effect[name] for name in RULES if tally.effect[name] < TIMES} == {}
