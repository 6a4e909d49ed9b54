"""Twelve people of one school use the last three included places at once: never a fourth; without the guard often."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command

from subscriptions.models import Allowance, AllowanceMovement
from tests.invoicing.books import run_sql
from tests.subscriptions.races.included_places import PLACES, PROCESSES, race
from tests.subscriptions.test_allowances import grant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 25


@pytest.fixture
def allowance_ids(oakfield, actor) -> list[int]:
    return [grant(oakfield, actor, source_key=f"gold:{n}", places=PLACES).pk for n in range(TRIALS)]


@contextmanager
def without_the_databases_own_check() -> Iterator[None]:
    """The CHECK on what was granted would refuse what the control is to show; it is put back afterwards."""
    run_sql("ALTER TABLE subscriptions_allowance DROP CONSTRAINT allowance_within_grant")
    try:
        yield
    finally:
        run_sql("UPDATE subscriptions_allowance SET taken = 0")
        run_sql(
            "ALTER TABLE subscriptions_allowance ADD CONSTRAINT allowance_within_grant CHECK (taken >= 0 AND expired >= 0"
            " AND carried >= 0 AND carried_in >= 0 AND granted >= taken + expired + carried)"
        )


def test_the_last_included_places_are_used_once_and_told_by_movements(allowance_ids):
    assert race(allowance_ids=allowance_ids, guarded=True) == [(PLACES, PLACES)] * TRIALS
    assert AllowanceMovement.objects.filter(kind="reserved").count() == TRIALS * PLACES
    call_command("verify_ledger")


def test_control_looking_first_and_taking_afterwards_uses_more_than_was_granted(allowance_ids):
    with without_the_databases_own_check():
        used = race(allowance_ids=allowance_ids, guarded=False)
    over = sum(taken > PLACES for _, taken in used)
    print(f"\ncontrol without the guard: {over} of {TRIALS} trials over, {PROCESSES} people")
    assert over >= TRIALS // 2
    assert Allowance.objects.filter(taken__gt=PLACES).count() == 0
