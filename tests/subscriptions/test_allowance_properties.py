"""Under any sequence of what an allowance can do, no more is taken than was granted and the movements add up."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import DomainError
from marketplace.core.verification import registered, verify
from subscriptions.models import Allowance, AllowanceMovement
from subscriptions.services import (
    carry_over,
    consume_places,
    expire_allowances,
    grow_allowance,
    release_included,
    reserve_places,
    shrink_allowance,
)
from tests.invoicing.books import rolled_back
from tests.subscriptions.test_allowances import END, FIRST, grant

pytestmark = pytest.mark.django_db
VERBS = ["reserve", "release", "release_after", "consume", "expire", "carry", "grow", "shrink"]
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 1), st.integers(0, 2), st.integers(1, 7)), min_size=1, max_size=14
)
OURS = {one.name for one in registered() if one.number == 27}


def step(verb: str, rows: list[Allowance], which: int, source: int, units: int, on: date, actor) -> None:
    one, key = rows[which], f"line:{which}:{source}"
    given = {"allowance": one, "units": units, "reason": "Level", "on": on, "actor": actor}
    if verb == "reserve":
        reserve_places(source_key=key, allowance_id=one.pk, places=units, label="Course", on=on)
    elif verb.startswith("release"):
        release_included(source_key=key, places=units, after_use=verb == "release_after", on=on)
    elif verb == "consume":
        consume_places(source_key=key, on=on)
    elif verb == "expire":
        expire_allowances(on=on)
    elif verb == "carry":
        carry_over(allowance=rows[0], into=rows[1], on=on, actor=actor)
    else:
        (grow_allowance if verb == "grow" else shrink_allowance)(**given)


def holds(row: Allowance) -> None:
    row.refresh_from_db()
    sums: Counter[str] = Counter()
    for kind, units in AllowanceMovement.objects.filter(allowance=row).values_list("kind", "units"):
        sums[kind] += units
    assert 0 <= row.taken <= row.taken + row.expired + row.carried <= row.granted
    assert row.granted == sums["granted"] - sums["reduced"] + sums["carried_in"]
    assert row.taken == sums["reserved"] - sums["released"]
    assert 0 <= sums["consumed"] <= row.taken
    assert (row.expired, row.carried) == (sums["expired"], sums["carried_over"])


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, late=st.booleans())
def test_whatever_happens_it_adds_up(oakfield, actor, steps, late):
    with rolled_back():
        rows = [
            grant(oakfield, actor, source_key="now", carry_most=4),
            grant(oakfield, actor, source_key="then", valid_from=END, valid_to=date(2028, 9, 1)),
        ]
        for number, (verb, which, source, units) in enumerate(steps):
            on = (END if late and number > len(steps) // 2 else FIRST) + timedelta(days=number)
            try:
                with transaction.atomic():
                    step(verb, rows, which, source, units, on, actor)
            except DomainError:
                pass  # refused: then nothing has moved, which is what is looked at
            for row in rows:
                holds(row)
        assert [found.violations for found in verify() if found.invariant.name in OURS] == [[]] * len(OURS)
