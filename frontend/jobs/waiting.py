"""What waits for whoever started a job that stopped."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.urls import reverse

from marketplace.core.actors import STAFF, Actor
from marketplace.core.jobs import jobs_for
from marketplace.core.models import Job

FOR = timedelta(days=14)


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """One's own jobs that an error stopped, until they go on, the same work is started anew, or two weeks have passed.

    In the form of the component ``waits``. One query, and none for whoever starts no jobs.
    """
    if actor.person_id is None or not actor.has(*STAFF):
        return []
    newer = Job.objects.filter(kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    stopped = jobs_for(actor).filter(
        starter_person_id=actor.person_id, state=Job.State.FAILED, finished_at__gt=Now() - FOR
    )  # fmt: skip
    return [
        {
            "text": f"Look why this stopped: {job.label}",
            "href": reverse("job", kwargs={"number": job.number}),
            "next": "What was done stays done. You can go on from there.",
        }
        for job in stopped.exclude(Exists(newer)).order_by("pk")
    ]
