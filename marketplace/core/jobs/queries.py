"""Which jobs an actor may see."""

from django.db.models import QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.models import Job

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
