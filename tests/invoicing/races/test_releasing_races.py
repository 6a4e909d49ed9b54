"""Deferred income released by several at once while it is credited, and by a run that is killed."""

import random
import time
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.ledger.models import JournalEntry
from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.services import release_income
from marketplace.core.periods import Period
from tests.invoicing.books import balances, bill
from tests.invoicing.races.processes import CONTEXT, run_all, start, wait_until_alone
from tests.invoicing.races.releasing import release_and_credit_together, release_command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
APRIL = date(2026, 4, 1)
YEAR = Period.months_from(APRIL, 12)
ENDS = [Period.months_from(APRIL, months).last_day for months in range(1, 13)]
PROCESSES, KILLS = 4, 6


def together(oakfield, charges, *, locked: bool) -> list[Counter[str]]:
    """What the processes were told at each month of a service of £3,600.00."""
    charges(oakfield, 360_000, on=APRIL, recognition="over_time", service=YEAR)
    [invoice] = bill(APRIL)
    line, barrier = invoice.lines.get().pk, CONTEXT.Barrier(PROCESSES)
    given = [(number, line, ENDS, locked, barrier) for number in range(PROCESSES)]
    return [Counter(column) for column in zip(*run_all(release_and_credit_together, given), strict=True)]


def test_a_month_is_released_once_while_it_is_credited(oakfield, charges):
    assert together(oakfield, charges, locked=True) == [Counter(done=PROCESSES)] * 12
    call_command("verify_ledger")
    assert Deferral.objects.get().open_pence == 0
    assert balances()["4200"] == -(360_000 - 12 * 2 * 100)


def test_control_without_the_lock_a_release_meets_a_credit(oakfield, charges):
    told = sum(together(oakfield, charges, locked=False), Counter())
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out, stderr=StringIO())
        broken = 0
    except SystemExit:
        broken = 1
    refused = sum(count for what, count in told.items() if what != "done")
    print(f"\ncontrol without the lock: {refused} of {12 * PROCESSES} stopped by the conditions alone, books {broken=}")
    assert refused or broken


def test_a_release_that_is_killed_loses_nothing_and_the_next_ends_it(schools, charges):
    chance, whole = random.Random(4), []
    for school in schools:
        charges(school, 36_000, on=APRIL, recognition="over_time", service=YEAR)
    bill(APRIL)
    for day in ENDS[:KILLS]:
        process = start(release_command, day.isoformat())
        before, deadline = JournalEntry.objects.count(), time.monotonic() + 60
        moment = chance.randrange(1, len(schools))
        while JournalEntry.objects.count() - before < moment and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.001)
        process.kill()
        process.join()
        wait_until_alone()
        committed = DeferralPart.objects.filter(income_on=day, state="released").count()
        rest = release_income(on=day, actor=charges.actor)
        assert committed + rest.parts == len(schools)
        whole.append(committed)
        call_command("verify_ledger", stdout=StringIO())
    print(f"\nreleases killed after {whole} of {len(schools)} customers: each was ended by the next run, nothing twice")
    assert any(0 < committed < len(schools) for committed in whole)
    assert balances()["4200"] == -len(schools) * KILLS * 3_000
