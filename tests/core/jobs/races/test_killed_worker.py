"""The worker of a billing run is killed in its middle, over and over: the next goes on, and nothing is there twice."""

import random
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from invoicing.receivables.billing_job import start_billing
from invoicing.services import propose
from marketplace.core.actors import Actor
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.core.jobs.kinds import count_job, steps_done
from tests.core.jobs.races.killing import kill_and_take_over
from tests.invoicing.races.killing import ON, lines
from tests.invoicing.races.many_charges import make_charges

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
INVOICES, KILLS = 1_000, 4


def trial(
    *, charges: Charges, school: Organisation, key: str, invoices: int, actor: Actor, chance: random.Random
) -> tuple[int, int, int, Job]:
    """One killed billing run: (invoices when killed, lost, twice, its job)."""
    make_charges(charges=charges, school=school, count=invoices, key=key)
    job = start_billing(proposal=propose(on=ON), actor=actor)
    killed = kill_and_take_over(job=job, moment=chance.uniform(0, invoices * 0.9), chance=chance)
    job.refresh_from_db()
    assert killed.was_killed
    found, items = lines(key)
    return killed.at, invoices - items, found - items, job


def test_a_killed_billing_run_is_finished_by_the_next_worker(
    transactional_db: Any, oakfield: Organisation, charges: Charges, actor: Actor
) -> None:
    chance = random.Random(7)
    told = [
        trial(charges=charges, school=oakfield, key=f"kill {n}", invoices=INVOICES, actor=actor, chance=chance)
        for n in range(KILLS)
    ]
    moments, lost, twice = [one[0] for one in told], sum(one[1] for one in told), sum(one[2] for one in told)
    print(
        f"{KILLS} workers killed in billing runs of {INVOICES}: done when killed {moments}; "
        f"after the takeover lost {lost}, twice {twice}"
    )
    assert (lost, twice) == (0, 0) and sum(0 < moment < INVOICES for moment in moments) >= KILLS // 2
    for *_, job in told:
        assert (job.state, job.done, job.accepted, job.refused) == ("done", INVOICES, INVOICES, 0)
        assert job.attempts == 2 and job.result["count"] == INVOICES
        assert job.result["net_pence"] == INVOICES * 3_333
    assert date.fromisoformat(told[0][3].arguments["on"]) == ON
    call_command("verify_ledger")


def test_steps_are_done_once_and_a_job_that_forgets_its_place_does_them_twice(transactional_db: Any) -> None:
    chance, counted = random.Random(8), {}
    for kind in ("test_count", "test_forgetful"):
        job = count_job(arguments={"steps": 1_200, "key": kind})
        Job.objects.filter(pk=job.pk).update(kind=kind)
        killed = kill_and_take_over(job=job, moment=400, chance=chance)
        done = {name: times for name, times in steps_done().items() if name.startswith(f"{kind}:")}
        counted[kind] = (killed.at, len(done), sum(times > 1 for times in done.values()))
    print(f"1,200 steps, worker killed, taken over: {counted['test_count']} (when killed, done, twice)")
    print(f"control that keeps no place: {counted['test_forgetful']} (when killed, done, twice)")
    assert counted["test_count"][1:] == (1_200, 0)
    assert counted["test_forgetful"][1] == 1_200 and counted["test_forgetful"][2] >= 400
