"""Bookings, waiting lists, moves, cancellations and changes of dates in any order: a short walk, the same every time."""

import pytest

from marketplace.trading.services import offering
from tests.trading.stateful.machine import walk
from tests.trading.stateful.worlds import booking_world

pytestmark = pytest.mark.django_db


def test_both_books_agree_after_every_step(partnership, tmp_path, actor):
    tally = walk(world=booking_world(partnership, tmp_path, actor), number=20270111, least=120, length=15)
    print("\n".join(tally.lines()))
    assert tally.checks >= tally.steps >= 120
    assert sum(count > 0 for count in tally.effect.values()) >= 8


def test_control_free_places_that_are_not_offered_are_found(partnership, tmp_path, actor, monkeypatch):
    """With the waiting list asleep somebody is passed over, and the machine says so."""
    monkeypatch.setattr(offering, "plan_offers", lambda waiting, free: [])
    with pytest.raises(BaseException, match=r"waits for|refused|not refused") as found:
        walk(world=booking_world(partnership, tmp_path, actor), number=20270111, least=400, length=40, shrink=False)
    print(found.value)
