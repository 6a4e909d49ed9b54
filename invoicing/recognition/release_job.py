"""The release of deferred income as a job: in chunks of customers, each with the job's progress in one transaction."""

from dataclasses import asdict
from datetime import date

from django.utils import timezone

from invoicing.recognition.releasing import Due, ReleaseReport, due_for_release, release_chunk
from marketplace.core import jobs
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.models import Job
from marketplace.core.money import Money
from marketplace.organisations.services.job_actors import starter_of

KIND = "income_release"


def start_release(*, due: Due, actor: Actor) -> Job:
    """Queues the release of what is due up to a day. One at a time: JobAlreadyRuns names the other.

    Only a finance officer or manager may; they must still be one when it runs.
    """
    return jobs.start(
        kind=KIND,
        label=f"Release {Money(due.pence)} up to {due.on:%-d %B %Y}",
        arguments={"on": due.on.isoformat()},
        actor=actor,
        unique_key=KIND,
    )


@jobs.kind(KIND, roles=FINANCE, unit="customer", accepted="released", refused="left")
def release_as_job(running: jobs.Running) -> None:
    """Whoever takes over finds by itself what still waits; what was released stays counted in the cursor."""
    actor = starter_of(running, on=timezone.localdate())
    on = date.fromisoformat(running.arguments["on"])
    so_far = {name: value for name, value in running.cursor.items() if name != "on"}
    report, due = ReleaseReport(on=on, **so_far), due_for_release(on=on)
    running.progress(done=report.customers, total=report.customers + len(due.organisation_ids))
    for chunk in due.chunks():
        with running.in_transaction():
            release_chunk(organisation_ids=chunk, report=report, actor=actor)
            figures = asdict(report) | {"on": on.isoformat()}
            running.progress(done=report.customers, accepted=report.customers, cursor=figures)
    with running.in_transaction():
        running.progress(done=report.customers, total=report.customers, accepted=report.customers)
        running.finish(asdict(report) | {"on": on.isoformat()})
