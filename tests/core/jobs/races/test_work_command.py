"""``manage.py work`` as a process: it does what waits, ends when asked behind the chunk in hand, and loses nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from invoicing.receivables.billing_job import start_billing
from invoicing.services import propose
from marketplace.core.actors import Actor
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.core.jobs.races.celery_processes import Celery, wait
from tests.invoicing.races.killing import ON, lines
from tests.invoicing.races.many_charges import make_charges
from tests.invoicing.races.processes import ROOT, wait_until_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
INVOICES = 1_000


def work(folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "work.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "work", "--seconds", "0.1"],
            cwd=ROOT, env={**Celery("", folder).environment, "REDIS_URL": ""}, stdout=log, stderr=log,
        )  # fmt: skip


def test_a_worker_that_is_asked_to_end_puts_its_job_back_and_the_next_goes_on(
    transactional_db: None, oakfield: Organisation, charges: Charges, actor: Actor, tmp_path: Path
) -> None:
    make_charges(charges=charges, school=oakfield, count=INVOICES, key="asked")
    job = start_billing(proposal=propose(on=ON), actor=actor)
    first = work(tmp_path)
    wait(lambda: Job.objects.get().done >= 100, "the worker did not begin")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0
    job.refresh_from_db()
    at = job.done
    assert (job.state, job.attempts, job.claim) == ("queued", 0, None) and lines("asked")[0] == at < INVOICES
    second = work(tmp_path)
    wait(lambda: Job.objects.get().state == "done", "the next worker did not go on")
    second.send_signal(signal.SIGINT)
    assert second.wait(timeout=30) == 0
    wait_until_alone()
    job.refresh_from_db()
    found, items = lines("asked")
    print(
        f"worker asked to end at {at} of {INVOICES}: the next did the rest, lost {INVOICES - items}, twice {found - items}"
    )
    assert (found, items, job.accepted, job.attempts) == (INVOICES, INVOICES, INVOICES, 1)
