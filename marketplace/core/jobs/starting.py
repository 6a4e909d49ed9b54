"""The verbs of a person: start a job, ask to cancel it, go on with one that stopped."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.jobs.registry import kind_of
from marketplace.core.jobs.waking import wake_on_commit
from marketplace.core.models import Job

LIVE = (Job.State.QUEUED, Job.State.RUNNING)
STOPPED = (Job.State.FAILED, Job.State.CANCELLED)


class JobAlreadyRuns(DomainError):
    """Another job that does the same waits or runs; ``number`` is its number."""

    code = "job_already_runs"


class JobHasEnded(DomainError):
    """There is nothing left to cancel."""

    code = "job_has_ended"


class JobNotStopped(DomainError):
    """Only a job that was cancelled or stopped by an error can go on."""

    code = "job_not_stopped"


@transaction.atomic
def start(
    *,
    kind: str,
    label: str,
    arguments: dict[str, Any],
    actor: Actor,
    organisation_id: int | None = None,
    unique_key: str = "",
) -> Job:
    """Queues a job in the caller's transaction and wakes the workers when it commits.

    ``label`` says what is done in the words of its page, ``arguments`` is what JSON can hold. While a job of the same
    ``unique_key`` waits or runs, JobAlreadyRuns is raised. Refuses who holds none of the kind's roles.
    """
    needed = kind_of(kind).roles
    if needed:
        actor.require(*sorted(needed), to="start this")
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                label=label[:160],
                arguments=arguments,
                starter_person_id=actor.person_id,
                starter_label="" if actor.person_id else actor.name[:60],
                organisation_id=organisation_id,
                unique_key=unique_key,
            )
    except IntegrityError as error:
        raise _already(unique_key) from error
    _record("job.started", job, actor)
    wake_on_commit()
    return job


@transaction.atomic
def ask_to_cancel(*, job: Job, actor: Actor) -> Job:
    """Cancels a job that waits at once, one that runs after the chunk it is in: what is done stays done.

    Its starter may, who may start its kind, and the administrator. Raises JobHasEnded when it is over.
    """
    if not (may_go_on(job, actor) or actor.has(Role.ADMINISTRATOR)):
        raise NotAllowed("You may not cancel this. Ask whoever started it, or the administrator.")
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state not in LIVE:
        raise JobHasEnded("This has ended already, so there is nothing to cancel. What was done stays done.")
    _record("job.cancel_asked", locked, actor)
    if locked.state == Job.State.QUEUED:
        Job.objects.filter(pk=locked.pk).update(state=Job.State.CANCELLED, finished_at=Now(), cancel_asked=True)
        locked.refresh_from_db()
        tell_finished(locked, actor)
    else:
        Job.objects.filter(pk=locked.pk).update(cancel_asked=True)
        locked.refresh_from_db()
    return locked


@transaction.atomic
def go_on(*, job: Job, actor: Actor) -> Job:
    """Queues a job again that failed or was cancelled; it goes on where it stopped, under its starter's rights.

    Its starter may, and who may start its kind. Raises JobNotStopped, and JobAlreadyRuns when another of its key does.
    """
    if not may_go_on(job, actor):
        raise NotAllowed("You may not start this again. Ask whoever started it first.")
    again = {
        "state": Job.State.QUEUED,
        "attempts": 0,
        "error": "",
        "cancel_asked": False,
        "finished_at": None,
    }
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, state__in=STOPPED).update(**again)
    except IntegrityError as error:
        raise _already(job.unique_key) from error
    if not changed:
        raise JobNotStopped("This is not stopped: it waits, runs or is done. Look at its page for how far it is.")
    job.refresh_from_db()
    _record("job.continued", job, actor)
    wake_on_commit()
    return job


def may_go_on(job: Job, actor: Actor) -> bool:
    """Whether the actor started the job or may start its kind."""
    if actor.system or (job.starter_person_id is not None and job.starter_person_id == actor.person_id):
        return True
    try:
        return actor.has(*kind_of(job.kind).roles)
    except LookupError:
        return actor.has(*FINANCE)


def may_have_file(job: Job, actor: Actor) -> bool:
    """Whether the actor may have the file that the job made: who may start or read its kind today, else its starter."""
    try:
        kind = kind_of(job.kind)
    except LookupError:
        return False
    roles = kind.roles | kind.readers
    return actor.has(*roles) if roles else actor.person_id is not None and actor.person_id == job.starter_person_id


def tell_finished(job: Job, actor: Actor) -> None:
    """Records that a job has ended, however it did. In the transaction that ends it."""
    _record("job.finished", job, actor, state=job.state, done=job.done, total=job.total,
            accepted=job.accepted, refused=job.refused)  # fmt: skip


def _record(kind: str, job: Job, actor: Actor, **more: Any) -> None:
    events.record(
        kind=kind,
        subject_kind="job",
        subject=str(job.number),
        organisation_ids=[] if job.organisation_id is None else [job.organisation_id],
        payload={"kind": job.kind, "starter_person_id": job.starter_person_id, **more},
        actor=actor,
    )


def _already(unique_key: str) -> JobAlreadyRuns:
    other = Job.objects.filter(unique_key=unique_key, state__in=LIVE).values_list("number", flat=True).first()
    return JobAlreadyRuns(
        "The same work waits or runs already, so nothing was started. Look how far it is, and start again when it ends.",
        number=str(other) if other else "",
    )
