"""A worker is killed at a random moment of a job, another takes over, and what was done is counted."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketplace.core.models import Job
from tests.core.jobs.races.workers import work_until_nothing_is_left
from tests.invoicing.races.processes import start, wait_until_alone


@dataclass(frozen=True)
class Killed:
    """One trial: how far the job's page said it was when its worker was killed, and whether it really was killed."""

    at: int
    was_killed: bool


def kill_and_take_over(*, job: Job, moment: float, chance: random.Random) -> Killed:
    """Kills the worker when about ``moment`` of the job is done, somewhere inside a chunk; another finishes it."""
    worker = start(work_until_nothing_is_left, 20.0)
    _wait(lambda: _done(job) >= moment or not worker.is_alive(), "the job did not get so far")
    time.sleep(chance.uniform(0, 0.06))
    worker.kill()
    worker.join()
    wait_until_alone()
    at = _done(job)
    other = start(work_until_nothing_is_left, 3.0)
    _wait(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), "nobody took the job over")
    other.kill()
    other.join()
    wait_until_alone()
    return Killed(at=at, was_killed=worker.exitcode == -signal.SIGKILL)


def _done(job: Job) -> int:
    return int(Job.objects.values_list("done", flat=True).get(pk=job.pk))


def _wait(ready: Callable[[], Any], otherwise: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.003)
