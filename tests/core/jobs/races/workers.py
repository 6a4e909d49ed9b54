"""Workers as real processes on the test's database: good ones, and the broken ones of the controls."""

import time
import uuid
from typing import Any

SECONDS = 0.6  # after which a silent worker's job is taken over; half a minute outside tests


def _ready() -> None:
    """In the worker's own process: the kinds of the tests, and a short patience."""
    from django.conf import settings

    from marketplace.core.jobs import registry
    from tests.core.jobs.kinds import KINDS

    settings.JOB_TAKEOVER_SECONDS = SECONDS
    registry._kinds.update(KINDS)


def work_through(barrier: Any) -> int:
    """Runs jobs until none waits; returns how many."""
    from marketplace.core import jobs

    _ready()
    barrier.wait()
    count = 0
    while jobs.work_one():
        count += 1
    return count


def work_without_claiming(barrier: Any) -> int:
    """The control: reads the oldest waiting job, marks it without looking, and runs it."""
    from marketplace.core.jobs.running import Running
    from marketplace.core.jobs.working import _run
    from marketplace.core.models import Job

    _ready()
    barrier.wait()
    count = 0
    while (job := Job.objects.filter(state="queued").order_by("pk").first()) is not None:
        claim = uuid.uuid4()
        Job.objects.filter(pk=job.pk).update(state="running", claim=claim)
        _run(Running(job, claim))
        count += 1
    return count


def sleep_inside_a_chunk(pipe: Any, *, with_token: bool) -> str:
    """Claims a job, does its first ten steps in a transaction, sleeps until told to go on, then writes its progress.

    Without the token the progress is written as if the job were still its own: the control.
    """
    from django.db import transaction

    from marketplace.core.jobs import JobLost
    from marketplace.core.jobs.working import _claim, _claimable
    from marketplace.core.models import Job
    from tests.core.jobs.kinds import step

    _ready()
    running = _claim(_claimable())
    assert running is not None
    pipe.send("claimed")
    try:
        with transaction.atomic():
            for number in range(10):
                step(number, str(running.arguments["key"]))
            assert pipe.poll(30)
            pipe.recv()
            if with_token:
                running.progress(done=10, accepted=10, cursor={"at": 10})
            else:
                Job.objects.filter(pk=running.pk).update(done=10)
    except JobLost:
        return "lost"
    return "wrote"


def work_until_nothing_is_left(seconds: float) -> int:
    """A worker that waits for silent jobs too, for so long."""
    from marketplace.core import jobs

    _ready()
    count, deadline = 0, time.monotonic() + seconds
    while time.monotonic() < deadline:
        if jobs.work_one():
            count += 1
            deadline = time.monotonic() + seconds
        else:
            time.sleep(0.05)
    return count
