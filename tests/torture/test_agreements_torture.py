"""Agreements changed in any order at full length: both books agree after every step."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.subscriptions.agreements.walking import DEED, TERMS, walk

pytestmark = [pytest.mark.django_db, pytest.mark.torture]
WALKS, TIMES = 1_000, 100


def test_every_active_day_is_charged_once(oakfield, actor, chance):
    done: Counter[str] = Counter()
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

    @seed(chance.randrange(10**6))
    @settings(max_examples=WALKS, deadline=None, suppress_health_check=quiet, database=None)
    @given(terms=TERMS, deeds=st.lists(DEED, min_size=4, max_size=14))
    def any_order(terms: Any, deeds: Any) -> None:
        walk(oakfield, actor, terms, deeds, done)

    any_order()
    print(f"agreements: {WALKS} walks, {sum(done.values())} steps: {dict(sorted(done.items()))}")
    assert min(done[deed] for deed in ("change", "add", "stop", "pause", "resume", "charge", "end")) >= TIMES
