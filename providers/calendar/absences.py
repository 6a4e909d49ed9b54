"""When a consultant cannot be booked: said by themselves or by their provider, and taken back."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day, long_date
from providers.calendar.models import Slot
from providers.calendar.reserving import SlotTaken, reserve_slot
from providers.profiles.models import Consultant

MOST_DAYS = 400
LABEL_LIMIT = 80


@transaction.atomic
def add_absence(
    *, consultant: Consultant, starts_at: datetime, ends_at: datetime, actor: Actor, label: str = ""
) -> Slot:
    """Keeps ``[starts_at, ends_at)`` free of bookings. Raises SlotTaken where something stands there already.

    The consultant and their provider's staff may; ``label`` is for them alone. Refuses more than 400 days at once.
    """
    _require_own(consultant, actor)
    if (ends_at - starts_at).days > MOST_DAYS:
        raise WrongInput(f"Time away must be {MOST_DAYS} days or fewer at once")
    standing = (
        Slot.objects.filter(consultant=consultant, during__overlap=(starts_at, ends_at)).order_by("during").first()
    )
    if standing is not None:
        day = long_date(london_day(max(standing.during.lower, starts_at)))
        words = f"{consultant.name} is taken on {day}: {standing.label}."
        raise SlotTaken(f"{words} Nothing was added. Move or cancel that first, or leave the day out.")
    slot = reserve_slot(
        source_key=f"absence:{uuid4().hex}",
        consultant=consultant,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=Slot.Kind.ABSENCE,
        label=clean_line(label, what="What for", limit=LABEL_LIMIT, required=False) or "Not available",
    )
    _record("consultant.absence_added", consultant, slot, actor)
    return slot


@transaction.atomic
def remove_absence(*, slot: Slot, actor: Actor) -> None:
    """Gives the time back. Refuses what is no absence: a booking is moved or cancelled where it was made."""
    _require_own(slot.consultant, actor)
    if slot.kind != Slot.Kind.ABSENCE:
        raise WrongInput(f"{slot.label} is a booking. Move or cancel it where it was made.")
    if Slot.objects.filter(pk=slot.pk, kind=Slot.Kind.ABSENCE).delete()[0] != 1:
        raise NotFound("That time was given back already.")
    _record("consultant.absence_removed", slot.consultant, slot, actor)


def _require_own(consultant: Consultant, actor: Actor) -> None:
    of_provider = consultant.provider.organisation_id in actor.organisations(Role.PROVIDER)
    themselves = actor.person_id is not None and consultant.person_id == actor.person_id
    if not (of_provider or themselves or actor.system):
        raise NotAllowed("You may not change this calendar. Ask the consultant or their provider to do it.")


def _record(kind: str, consultant: Consultant, slot: Slot, actor: Actor) -> None:
    """Without the label: it may say why somebody is away."""
    events.record(
        kind=kind,
        subject_kind="consultant",
        subject=consultant.code,
        organisation_ids=[consultant.provider.organisation_id],
        payload={"from": slot.during.lower.isoformat(), "to": slot.during.upper.isoformat()},
        actor=actor,
    )
