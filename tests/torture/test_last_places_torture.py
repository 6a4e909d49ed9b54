"""Sixteen processes buy the last three places of a thousand course dates, with the guard and without."""

import pytest

from tests.invoicing.races.places import PROCESSES, add_runs, race
from tests.invoicing.races.test_last_places_race import without_the_databases_own_check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]
TRIALS = 1_000


def test_a_thousand_trials_oversell_nothing(oakfield, actor):
    sold = race(run_ids=add_runs(provider_organisation=oakfield, actor=actor, count=TRIALS), guarded=True)
    print(f"\n{PROCESSES} processes, {TRIALS} trials: {sold.oversold} oversold, {sold.sold_out} sold out exactly")
    assert (sold.oversold, sold.sold_out) == (0, TRIALS)


def test_control_oversells_in_at_least_half(oakfield, actor):
    run_ids = add_runs(provider_organisation=oakfield, actor=actor, count=TRIALS)
    with without_the_databases_own_check():
        sold = race(run_ids=run_ids, guarded=False)
    print(f"\ncontrol without the guard: {sold.oversold} of {TRIALS} trials oversold")
    assert sold.oversold >= TRIALS // 2
