"""The pages of jobs: who sees them, what they say, and what can be done on them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.core.actors import Actor, platform
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from tests.frontend.school.visits import text_of

pytestmark = pytest.mark.django_db


def page(job: Job) -> str:
    return reverse("job", kwargs={"number": job.number})


@pytest.fixture
def job(priya_acts: Actor) -> Job:
    """A batch of the finance officer's that waits."""
    return Job.objects.create(
        kind="billing_run", label="Issue 212 invoices", starter_person_id=priya_acts.person_id,
        arguments={"on": "2026-09-30", "marks": []}, created_at=timezone.now(),
    )  # fmt: skip


def test_outsiders_are_told_nothing(amira: Client, job: Job, edith: Client) -> None:
    assert amira.get(page(job)).status_code == 404
    assert amira.post(page(job), {"do": "cancel"}).status_code == 404
    assert amira.get(reverse("job-file", kwargs={"number": job.number})).status_code == 404
    assert Client().get(page(job)).status_code == 302
    assert "No jobs yet" in text_of(amira.get("/jobs"))
    assert "Issue 212 invoices" in text_of(edith.get("/jobs"))
    job.refresh_from_db()
    assert job.state == "queued"


def test_the_auditor_sees_and_may_do_nothing(edith: Client, job: Job) -> None:
    words = text_of(edith.get(page(job)))
    assert "Issue 212 invoices" in words and "Cancel the rest" not in words
    assert edith.post(page(job), {"do": "cancel"}).status_code == 403
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_job_is_cancelled_and_gone_on_with_from_its_page(priya: Client, job: Job) -> None:
    assert "Cancel the rest" in text_of(priya.get(page(job)))
    cancelled = priya.post(page(job), {"do": "cancel"}, follow=True)
    assert "Cancelled before it began." in text_of(cancelled) and "Go on" in text_of(cancelled)
    assert "Cancel the rest" not in text_of(cancelled)
    going = priya.post(page(job), {"do": "go-on"}, follow=True)
    assert "It goes on where it stopped." in text_of(going) and "Waits for its turn." in text_of(going)
    twice = priya.post(page(job), {"do": "go-on"})
    assert twice.status_code == 409 and "This is not stopped" in text_of(twice)


def test_cancelling_what_runs_says_what_happens_next(priya: Client, job: Job) -> None:
    Job.objects.update(
        state="running", claim=uuid.uuid4(), done=100, total=212, accepted=100, heartbeat_at=timezone.now()
    )
    words = text_of(priya.post(page(job), {"do": "cancel"}, follow=True))
    assert "It stops as soon as the part in hand is done." in words and "Cancel the rest" not in words
    Job.objects.update(state="cancelled", claim=None)
    words = text_of(priya.get(page(job)))
    assert (
        "Cancelled after 100 of 212 invoices. What was done stays done." in words and "Go on after 100 of 212" in words
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"created_at": -31}, "No worker has begun it yet"),
        ({"created_at": -3}, ""),
        ({"state": "running", "claim": uuid.uuid4(), "heartbeat_at": -31}, "Its worker has not been heard of"),
        ({"state": "running", "claim": uuid.uuid4(), "heartbeat_at": -3}, ""),
    ],
)
def test_the_page_says_when_nobody_seems_to_work(priya: Client, job: Job, values: dict[str, Any], said: str) -> None:
    seconds = {
        name: timezone.now() + timedelta(seconds=value) for name, value in values.items() if name.endswith("_at")
    }
    Job.objects.update(**{**values, **seconds})
    words = text_of(priya.get(page(job)))
    worries = [text for text in ("No worker has begun it yet", "Its worker has not been heard of") if text in words]
    assert worries == ([said] if said else [])


def test_an_error_is_said_on_the_page_and_its_words_are_escaped(priya: Client, job: Job) -> None:
    Job.objects.update(state="failed", error="<script>alert(1)</script> No paper", done=3, total=5)
    answer = priya.get(page(job))
    assert "Stopped by an error after 3 of 5 invoices." in text_of(answer) and "Go on after 3 of 5" in text_of(answer)
    assert "<script>alert(1)" not in answer.content.decode() and "No paper" in text_of(answer)


def test_the_list_costs_the_same_queries_for_few_and_many(
    priya: Client, job: Job, partnership: Organisation, django_assert_num_queries: Any
) -> None:
    def cost(action: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            action()
        return len(seen)

    few = cost(lambda: priya.get("/jobs"))
    for number in range(20):
        Job.objects.create(kind="billing_run", label=f"Batch {number}", starter_label=platform("x").name)
    assert cost(lambda: priya.get("/jobs")) == few


def test_a_job_that_is_not_there_is_not_found(priya: Client, job: Job) -> None:
    assert priya.get(reverse("job", kwargs={"number": uuid.uuid4()})).status_code == 404
    assert priya.get(reverse("job-file", kwargs={"number": job.number})).status_code == 404
    assert priya.get("/jobs/7").status_code == 404


def test_a_job_that_stopped_waits_on_its_starter_s_home_until_the_same_work_is_started_anew(
    priya: Client, edith: Client, job: Job
) -> None:
    words = "Look why this stopped: Issue 212 invoices"
    assert words not in text_of(priya.get("/"))
    # The pages' own day is frozen; the database's is not, and it is the database that counts the two weeks.
    Job.objects.update(state="failed", error="No paper", finished_at=Now())
    assert words in text_of(priya.get("/")) and page(job) in priya.get("/").content.decode()
    assert words not in text_of(edith.get("/"))
    Job.objects.create(kind="billing_run", label="Another batch", starter_person_id=job.starter_person_id)
    assert words not in text_of(priya.get("/"))
