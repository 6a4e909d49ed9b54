"""Workers are woken when a job's transaction commits; a broker that is away never fails the request."""

from typing import Any

import pytest
from django.db import connection

from marketplace.core.models import Job
from tests.core.jobs.kinds import count_job

pytestmark = pytest.mark.django_db
woken: list[int] = []


def wake() -> None:
    woken.append(Job.objects.count())


def no_broker() -> None:
    raise ConnectionRefusedError("nothing listens there")


def test_workers_are_woken_on_commit_and_not_before(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:  # fmt: skip
    settings.JOBS_WAKE = f"{__name__}.wake"
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        count_job()
        assert woken == []
    assert woken == [1]


def test_a_broker_that_is_away_is_logged_and_the_job_waits(
    settings: Any, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOBS_WAKE = f"{__name__}.no_broker"
    with django_capture_on_commit_callbacks(execute=True):
        job = count_job()
    assert "no worker could be woken" in caplog.text
    job.refresh_from_db()
    assert job.state == "queued"


def test_without_a_broker_nothing_is_registered_to_be_sent(settings: Any) -> None:
    settings.JOBS_WAKE = ""
    before = len(connection.run_on_commit)
    count_job()
    assert len(connection.run_on_commit) == before
