"""E-mails about long work that ended, to whoever started it."""

from datetime import timedelta

from django.urls import reverse

from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import JOBS
from marketplace.core.models import Event, Job
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.organisations.models import Person

LONG = timedelta(seconds=30)


@handles("job.finished", name="notices.job_finished")
def job_finished(event: Event) -> None:
    """Tells the starter, unless they cancelled it or it was over before they could look away."""
    job = Job.objects.get(number=event.subject)
    took = (job.finished_at or event.at) - job.created_at
    if job.state == Job.State.CANCELLED or (job.state == Job.State.DONE and took < LONG):
        return
    starter = Person.objects.filter(pk=event.payload["starter_person_id"]).select_related("user").first()
    for to in to_person(starter):
        send(
            key=f"job:{event.pk}",
            topic=JOBS,
            to=to,
            template="mail/job_finished.jinja",
            context={
                "job": job,
                "failed": job.state == Job.State.FAILED,
                "link": absolute(reverse("job", kwargs={"number": job.number})),
            },
            event=event,
        )
