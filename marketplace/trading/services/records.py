"""A person's own record of professional development, and their own places: it follows them from school to school."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.trading.models import Booking, CpdEntry
from marketplace.trading.services.bookings import NEEDS_LIMIT, BookingClosed

MOST_MINUTES = 60_000
_CLAIMED_AT_ONCE = 500


def own_person(actor: Actor) -> int:
    """The person behind the actor. Refuses the platform and a sign-in without a person."""
    if actor.person_id is None:
        raise NotAllowed("Only a person has a record. Sign in as yourself.")
    return actor.person_id


@transaction.atomic
def add_cpd_entry(
    *, title: str, held_on: date, minutes: int, on: date, actor: Actor, provider: str = "", theme: str = ""
) -> CpdEntry:
    """Writes something into one's own record. Refuses a day to come, no time, and more than 1,000 hours."""
    person_id = own_person(actor)
    if held_on > on:
        raise WrongInput("The day must not be in the future")
    if not 1 <= minutes <= MOST_MINUTES:
        raise WrongInput("The time must be from 1 minute to 1,000 hours")
    return CpdEntry.objects.create(
        person_id=person_id,
        title=clean_line(title, what="What it was", limit=120),
        provider=clean_line(provider, what="Who gave it", limit=120, required=False),
        theme=clean_line(theme, what="Theme", limit=40, required=False),
        held_on=held_on,
        minutes=minutes,
    )


@transaction.atomic
def remove_cpd_entry(*, pk: int, actor: Actor) -> None:
    """Takes one's own entry out of one's record. NotFound for what is somebody else's."""
    if CpdEntry.objects.filter(pk=pk, person_id=own_person(actor)).delete()[0] != 1:
        raise NotFound("There is no such entry.")


@transaction.atomic
def set_own_needs(*, booking_id: int, needs: str, on: date, actor: Actor) -> None:
    """What the person of a place needs (diet, access), said by themselves, for organisers alone; empty takes it away.

    Refuses a place that is somebody else's (NotFound), and one that is cancelled or over (BookingClosed).
    """
    mine = Booking.objects.select_for_update(of=("self",)).select_related("run", "order_line__order")
    found = mine.filter(pk=booking_id, delegate_person_id=own_person(actor)).first()
    if found is None:
        raise NotFound("There is no such booking.")
    if found.state == Booking.State.CANCELLED or on > found.run.ends_on:
        raise BookingClosed("This place was cancelled or its course is over, so nothing can be changed.")
    needs = clean_line(needs, what="Needs", limit=NEEDS_LIMIT, required=False)
    Booking.objects.filter(pk=found.pk).update(needs=needs)
    events.record(
        kind="booking.needs_given",
        subject_kind="booking",
        subject=str(found.pk),
        organisation_ids=[found.school_id, found.order_line.order.organisation_id],
        payload={"order": found.order_line.order.number, "run": found.run.code},
        actor=actor,
    )


@transaction.atomic
def claim_places(*, actor: Actor) -> int:
    """Gives places to the people whose confirmed sign-in address stands on them, at most 500 at a time; how many.

    Only an address that its owner has confirmed counts, and only where it signs exactly that person in. A place that
    somebody has is never taken from them.
    """
    waiting = Booking.objects.filter(delegate_person=None).exclude(delegate_email="")
    addresses = EmailAddress.objects.filter(verified=True, user__is_active=True, user__person__isnull=False)
    people = dict(
        addresses.annotate(address=Lower("email"))
        .filter(address__in=waiting.annotate(address=Lower("delegate_email")).values("address"))
        .values_list("address", "user__person")
    )
    found = (
        waiting.annotate(address=Lower("delegate_email")).filter(address__in=people).select_for_update().order_by("pk")
    )
    claimed = 0
    for booking in found[:_CLAIMED_AT_ONCE]:
        person_id = people[booking.delegate_email.lower()]
        claimed += Booking.objects.filter(pk=booking.pk, delegate_person=None).update(delegate_person_id=person_id)
        events.record(
            kind="booking.claimed",
            subject_kind="booking",
            subject=str(booking.pk),
            organisation_ids=[booking.school_id],
            payload={"person": person_id},
            actor=actor,
        )
    return claimed
