"""Taking, moving and giving up a consultant's time. The database refuses what overlaps; nobody checks first."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import DomainError, NotFound, WrongInput
from providers.calendar.models import Slot
from providers.profiles.models import Consultant


class SlotTaken(DomainError):
    """The consultant is taken at that time already."""

    code = "slot_taken"


def reserve_slot(
    *, source_key: str, consultant: Consultant, starts_at: datetime, ends_at: datetime, kind: str, label: str
) -> Slot:
    """Takes ``[starts_at, ends_at)`` of a consultant for a source, in the caller's transaction.

    The same call again returns the slot that exists; with another time it raises WrongInput. Raises SlotTaken where the
    consultant is taken then, by whatever it is; nothing is reserved.
    """
    _require_length(starts_at, ends_at)
    found = Slot.objects.filter(source_key=source_key).first()
    if found is not None:
        if (found.consultant_id, found.during.lower, found.during.upper) != (consultant.pk, starts_at, ends_at):
            raise WrongInput(f"{source_key} is reserved at another time. Move it instead.")
        return found
    slot = Slot(consultant=consultant, kind=kind, during=(starts_at, ends_at), source_key=source_key, label=label[:160])
    try:
        with transaction.atomic():
            _in_turn(consultant.pk)
            slot.save(force_insert=True)
    except IntegrityError as error:
        raise _refusal(error, consultant) from error
    slot.refresh_from_db()
    return slot


def move_slot(*, source_key: str, starts_at: datetime, ends_at: datetime) -> Slot:
    """Gives a reserved slot another time. Raises NotFound, or SlotTaken where the consultant is taken then."""
    _require_length(starts_at, ends_at)
    found = Slot.objects.select_related("consultant").filter(source_key=source_key).first()
    if found is None:
        raise NotFound(f"Nothing is reserved for {source_key}.")
    try:
        with transaction.atomic():
            _in_turn(found.consultant_id)
            Slot.objects.filter(pk=found.pk).update(during=(starts_at, ends_at))
    except IntegrityError as error:
        raise _refusal(error, found.consultant) from error
    found.refresh_from_db()
    return found


def release_slot(*, source_key: str) -> bool:
    """Gives the time up. Says whether anything was reserved; a second call changes nothing."""
    return Slot.objects.filter(source_key=source_key).delete()[0] == 1


LOCKS = 7301
"""The first key of the calendars' advisory locks; the second is the consultant's id."""


def _in_turn(consultant_id: int) -> None:
    """One after the other in a calendar, to the end of the transaction. The constraint refuses what overlaps either way, but
    two who write at once may each wait for the other's row, and the database ends one of them as a deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, consultant_id % 2**31])


def _require_length(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise WrongInput("The end must be after the start")


def _refusal(error: IntegrityError, consultant: Consultant) -> Exception:
    if "slot_no_overlap" not in str(error):
        return error
    return SlotTaken(f"{consultant.name} is taken at that time by now. Nothing was booked. Choose another time.")
