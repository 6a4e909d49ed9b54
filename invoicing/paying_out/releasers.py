"""Naming somebody outside finance who releases payment batches, for a team too small for three people."""

from datetime import date

from django.db import transaction

from invoicing.paying_out.models import ReleaserAppointment
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Person


@transaction.atomic
def appoint_releaser(*, person: Person, valid_from: date, valid_to: date, actor: Actor) -> ReleaserAppointment:
    """Appoints a person between dates (half-open), at most a year. Finance managers only, never themselves."""
    actor.require(Role.FINANCE_MANAGER, to="appoint who releases payment batches")
    if actor.person_id is None or actor.person_id == person.pk:
        raise WrongInput("Somebody else must appoint you. Ask another finance manager.")
    if not valid_from < valid_to or (valid_to - valid_from).days > 366:
        raise WrongInput("The last day must be after the first, and at most a year later.")
    made = ReleaserAppointment.objects.create(
        person=person, valid_from=valid_from, valid_to=valid_to, appointed_by_id=actor.person_id
    )
    events.record(
        kind="releaser.appointed",
        subject_kind="releaser",
        subject=str(made.pk),
        organisation_ids=[],
        payload={"person": person.pk, "from": valid_from.isoformat(), "to": valid_to.isoformat()},
        actor=actor,
    )
    return made
