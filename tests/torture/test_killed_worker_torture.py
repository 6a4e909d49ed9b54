"""Twenty-five workers killed at random moments of billing runs of 2,000 invoices: the next goes on, nothing twice."""

import random
from typing import Any

import pytest
from django.core.management import call_command

from tests.core.jobs.races.test_killed_worker import trial

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]
INVOICES, KILLS = 2_000, 25


def test_no_kill_of_a_worker_loses_or_repeats_anything(
    schools: list[Any], charges: Any, actor: Any, chance: random.Random
) -> None:
    told = [
        trial(
            charges=charges, school=schools[n % len(schools)], key=f"worker {n}", invoices=INVOICES, actor=actor,
            chance=chance,
        )
        for n in range(KILLS)
    ]  # fmt: skip
    moments = [one[0] for one in told]
    lost, twice = sum(one[1] for one in told), sum(one[2] for one in told)
    inside = sum(0 < moment < INVOICES for moment in moments)
    print(
        f"{KILLS} workers killed: done when killed {moments}, {inside} strictly inside; after the takeover lost {lost}, "
        f"twice {twice}"
    )
    assert (lost, twice) == (0, 0) and inside >= KILLS // 2
    call_command("verify_ledger")
