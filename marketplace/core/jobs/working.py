"""What a worker does: claim one job, run it, say how it ended.

A job is claimed ``FOR UPDATE SKIP LOCKED``: one that waits, or one whose worker has not been heard of for
``JOB_TAKEOVER_SECONDS``. All times are the database's, so that workers on several machines agree.
"""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from marketplace.core.actors import platform
from marketplace.core.errors import DomainError
from marketplace.core.jobs.registry import kind_of
from marketplace.core.jobs.running import Heartbeat, JobCancelled, JobLost, JobPutBack, Running
from marketplace.core.jobs.starting import tell_finished
from marketplace.core.models import Job

logger = logging.getLogger(__name__)

TAKEOVERS = 3  # after these a job fails rather than stopping a fourth worker


def work_one() -> bool:
    """Claims the oldest job that waits or was left and runs it to its end; False when there is none."""
    if not connection.in_atomic_block:
        close_old_connections()
    running = _claim(_claimable())
    if running is None:
        return False
    _run(running)
    return True


def work_now(job: Job) -> Job:
    """Does this very job in the caller's process, for work so small that a person had better not wait for a worker.

    The claim is the worker's own: when one was quicker, the job is left to it. Returns the job as it then stands.
    """
    running = _claim(Job.objects.filter(pk=job.pk, state=Job.State.QUEUED))
    if running is not None:
        _run(running)
    return Job.objects.get(pk=job.pk)


def _claimable() -> QuerySet[Job]:
    left = Now() - timedelta(seconds=settings.JOB_TAKEOVER_SECONDS)
    return Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=left)
    ).order_by("pk")  # fmt: skip


@transaction.atomic
def _claim(jobs: QuerySet[Job]) -> Running | None:
    """The first of the jobs that nobody else is claiming, now this worker's; jobs that stopped too often fail."""
    while (job := jobs.select_for_update(skip_locked=True).first()) is not None:
        if job.attempts > TAKEOVERS:
            _give_up(job)
            continue
        claim = uuid.uuid4()
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            claim=claim,
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", Now()),
            heartbeat_at=Now(),
            error="",
        )
        if job.attempts:
            logger.warning("job %s is taken over for the %s. time", job.number, job.attempts)
        return Running(job, claim)
    return None


def _give_up(job: Job) -> None:
    job.state, job.claim = Job.State.FAILED, None
    job.error = (
        f"Its worker stopped without a word {job.attempts} times, so it was not begun again. What was done stays done. "
        "Tell the administrator; the log of the workers says more."
    )
    job.save(update_fields=["state", "claim", "error"])
    Job.objects.filter(pk=job.pk).update(finished_at=Now())
    tell_finished(job, platform("jobs"))


def _run(running: Running) -> None:
    """Runs a claimed job and writes how it ended. What it raises is told on its page, never to the caller."""
    try:
        with Heartbeat(running):
            running.check()
            kind_of(running.kind).run(running)
        if not running.finished:
            running.finish({})
    except JobLost:
        logger.warning("job %s was taken over by another worker; this one has written nothing more", running.number)
    except JobPutBack:
        running.put_back()
    except JobCancelled:
        running.stop(state=Job.State.CANCELLED)
    except DomainError as error:
        running.stop(state=Job.State.FAILED, error=" ".join([error.message, *error.detail]))
    except Exception as error:
        logger.exception("job %s (%s) failed", running.number, running.kind)
        running.stop(
            state=Job.State.FAILED,
            error=f"A fault of the platform stopped it ({type(error).__name__}). What was done before stays done, and "
            "nothing of the part in hand was kept. Try to go on; if it stops again, tell the administrator.",
        )
