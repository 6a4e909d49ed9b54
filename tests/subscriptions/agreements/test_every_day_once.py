"""Any sequence of start, change, pause, resume, stop and end charges every active day once, and nothing else.

The second book counts days and months one by one; the agreement is asked through its verbs alone.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.agreements.rules import moves
from subscriptions.agreements.rules.forms import Every, Prorate, Timing
from subscriptions.agreements.services import changing
from tests.subscriptions.agreements.walking import DEED, TERMS, walk

pytestmark = pytest.mark.django_db
YEARLY = (Every.YEAR, Timing.ADVANCE)
_QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_every_active_day_is_charged_once(oakfield: Organisation, actor: Actor) -> None:
    done: Counter[str] = Counter()

    @settings(max_examples=40, deadline=None, suppress_health_check=_QUIET, derandomize=True, database=None)
    @given(terms=TERMS, deeds=st.lists(DEED, min_size=3, max_size=8))
    def any_order(terms: Any, deeds: Any) -> None:
        walk(oakfield, actor, terms, deeds, done)

    any_order()
    assert set(done) == {"change", "add", "stop", "pause", "resume", "charge", "end"}


CHEAPER = ("change", 20, 0, 3_650)


@pytest.mark.parametrize("then", ["change", "stop", "pause", "end"])
@pytest.mark.parametrize("days", [2, 100])
@pytest.mark.parametrize("prorate", [Prorate.MONTHS, Prorate.DAYS])
@pytest.mark.parametrize("every", list(Every))
def test_what_was_carried_into_days_to_come_is_not_lost_when_they_are_given_up_too(
    oakfield: Organisation, actor: Actor, every: Every, prorate: Prorate, days: int, then: str
) -> None:
    """A cheaper plan leaves more than the first days cost; what later payments had of it comes back with them."""
    done: Counter[str] = Counter()
    deeds = [CHEAPER, (then, days, 0, 1_825), ("resume", 3, 0, 1), ("change", 3, 0, 7_300)]
    walk(oakfield, actor, (every, Timing.ADVANCE, prorate, 0, 365_000), deeds, done)
    assert done["change"] and done[then]


def test_control_what_was_carried_and_is_lost_is_found(oakfield: Organisation, actor: Actor, monkeypatch: Any) -> None:
    monkeypatch.setattr(moves.Cut, "released", property(lambda one: one.freed if one.of.charged else 0))
    with pytest.raises(AssertionError):
        walk(oakfield, actor, (Every.TERM, Timing.ADVANCE, Prorate.DAYS, 0, 365_000), [CHEAPER, ("stop", 2, 0, 1)])


def test_control_a_month_that_is_paid_twice_is_found(oakfield: Organisation, actor: Actor, monkeypatch: Any) -> None:
    """Where a month that was begun is paid again after a pause, the second book says so."""
    monkeypatch.setattr(changing, "begins_month", lambda base, start, covered: True)
    deeds = [("pause", 40, 0, 1), ("resume", 3, 0, 1)]
    with pytest.raises(AssertionError):
        walk(oakfield, actor, (*YEARLY, Prorate.MONTHS, 0, 120_000), deeds)


def test_control_days_that_are_not_given_back_are_found(oakfield: Organisation, actor: Actor, monkeypatch: Any) -> None:
    monkeypatch.setattr(moves, "given_up", lambda *given: 0)
    with pytest.raises(AssertionError):
        walk(oakfield, actor, (*YEARLY, Prorate.DAYS, 0, 120_000), [("pause", 40, 0, 1)])
