"""Which jobs an actor may see."""

from django.db.models import QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.jobs.starting import may_have_file
from marketplace.core.models import Job, StoredFile

MADE, GIVEN = "job", "job_upload"
FILES = (MADE, GIVEN)
"""``StoredFile.owner_kind`` of what a job made (its owner is the job's number) and of what jobs were given."""


def jobs_for(actor: Actor) -> QuerySet[Job]:
    """One's own jobs; all of them for finance, the auditor and the administrator. What a job was given stays unread."""
    jobs = Job.objects.defer("arguments", "cursor")
    if actor.has(*FINANCE_READERS, Role.ADMINISTRATOR):
        return jobs
    if actor.person_id is None:
        return jobs.none()
    return jobs.filter(starter_person_id=actor.person_id)


def file_made(job: Job, actor: Actor) -> StoredFile:
    """What the job made: refused lines, an export. NotFound where there is none, or not for this actor today."""
    made = StoredFile.objects.filter(pk=job.result.get("file"), owner_kind=MADE, owner=str(job.number)).first()
    if made is None or not may_have_file(job, actor):
        raise NotFound("Page not found")
    return made
