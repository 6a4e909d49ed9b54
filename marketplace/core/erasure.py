"""Erasing what a person wrote in an event. The event stays, and everything still verifies."""

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.log_loose_ends import ERASED
from marketplace.core.models import Event, EventText

# Why: a code, because the record of an erasure must not hold what was erased.
REASONS = {
    "asked": "The person asked for it",
    "kept_long_enough": "It was kept as long as it may be",
    "wrong_place": "It should not have been written there",
}


class NothingToErase(DomainError):
    """The event has no text, or it was erased before."""

    code = "nothing_to_erase"


@transaction.atomic
def erase_text(*, event: Event, reason_code: str, actor: Actor) -> Event:
    """Deletes an event's text with its key for good, and returns the event that records it.

    ``reason_code`` is a key of ``REASONS``. The event's own row, hash and seal stay as they are: ``text_mac`` is bound
    by a key that is gone, so nobody can guess at the text either. Administrators only; refuses an event without text.
    """
    actor.require(Role.ADMINISTRATOR, to="erase what was written in an event")
    if reason_code not in REASONS:
        raise WrongInput("Choose the reason")
    deleted, _ = EventText.objects.filter(event=event).delete()
    if not deleted:
        raise NothingToErase(f"Event {event.pk} has no text: none was written, or it was erased before.")
    return events.record(
        kind=ERASED,
        subject_kind="event",
        subject=str(event.pk),
        organisation_ids=event.organisation_ids,
        payload={"reason": reason_code, "kind": event.kind},
        actor=actor,
    )
