"""Under whose rights a job runs: those that its starter holds when it runs, not when it was started."""

from datetime import date

from marketplace.core.actors import Actor, platform
from marketplace.core.errors import NotAllowed
from marketplace.core.jobs import Running
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import actor_for


class StarterIsGone(NotAllowed):
    """The person who started the job can no longer sign in."""

    code = "starter_is_gone"


def starter_of(running: Running, *, on: date) -> Actor:
    """The actor who started a job, as they are on a day; the platform where a command started it.

    Raises StarterIsGone when the person has no active sign-in left. Roles that ended are no longer there: the
    services then refuse by themselves.
    """
    if running.starter_person_id is None:
        return platform(running.starter_label or "jobs")
    person = Person.objects.select_related("user").filter(pk=running.starter_person_id).first()
    if person is None or person.user is None or not person.user.is_active:
        raise StarterIsGone(
            "Whoever started this can no longer sign in, so it was not done in their name. Start it again yourself."
        )
    return actor_for(user=person.user, on=on)
