"""Taking and giving back places on a course date, keyed by the source that holds them."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import CourseRun, PlaceTaking
from catalogue.rules.words import count_words
from marketplace.core.bulk import insert_once, run_prepared
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.transactions import in_transaction


class PlacesGone(DomainError):
    """Fewer places are left than were wanted; none was taken. ``left`` says how many there are."""

    code = "places_gone"


class DifferentTaking(DomainError):
    """The same source took other places before."""

    code = "different_taking"


_CLAIM = f"""
UPDATE catalogue_courserun SET taken = taken + %s
WHERE id = %s AND state = '{CourseRun.State.OPEN}' AND taken <= capacity - %s RETURNING id
"""


def claim_places(run_id: int, places: int) -> bool:
    """The guard against overselling: one conditional UPDATE that touches exactly one row, or none.

    PostgreSQL locks the row and reads its condition again after waiting, so two buyers cannot both pass it.
    """
    return run_prepared(_CLAIM, [places, run_id, places]) == run_id


def take_places(*, source_key: str, run_id: int, places: int) -> PlaceTaking:
    """Takes ``places`` on a run, once for a source key. The same call again returns the first taking.

    Raises PlacesGone when fewer are left (nothing is taken), DifferentTaking when the key holds something
    else, NotFound for an unknown run.
    """
    if places < 1:
        raise WrongInput("Take at least 1 place")
    with in_transaction():
        taking = PlaceTaking(source_key=source_key, run_id=run_id, places=places)
        if not insert_once(taking):
            return _held(source_key, run_id, places)
        if claim_places(run_id, places):
            return taking
        taking.delete()
    if not CourseRun.objects.filter(pk=run_id).exists():
        raise NotFound("This course date does not exist")
    raise places_refusal(run_id, places)


def _held(source_key: str, run_id: int, places: int) -> PlaceTaking:
    held = PlaceTaking.objects.get(source_key=source_key)
    if (held.run_id, held.places) != (run_id, places):
        raise DifferentTaking(f"{source_key} already holds {held.places} places of another booking.")
    return held


def places_refusal(run_id: int, wanted: int) -> PlacesGone:
    """The refusal in a school's words, with the next date that has room where there is one."""
    run = CourseRun.objects.select_related("offer").get(pk=run_id)
    day = _day(run)
    other = (
        CourseRun.objects.filter(
            offer=run.offer,
            state=CourseRun.State.OPEN,
            starts_at__gt=run.starts_at,
            taken__lte=F("capacity") - wanted,
        )
        .order_by("starts_at")
        .first()
    )
    choose = f"choose {_day(other)}" if other else "choose another course"
    if run.state == CourseRun.State.CANCELLED:
        text = f"{run.offer.title} on {day} is cancelled. {choose[0].upper()}{choose[1:]}"
    elif run.places_left <= 0:
        text = f"No places are left on {day}. {choose[0].upper()}{choose[1:]}"
    else:
        are = "is" if run.places_left == 1 else "are"
        left = count_words(run.places_left, "place", "places")
        text = f"{left} {are} left on {day}. Book {run.places_left}, or {choose}"
    return PlacesGone(text, left=max(run.places_left, 0), run=run.code)


def _day(run: CourseRun) -> str:
    start = timezone.localtime(run.starts_at)
    return f"{start.day} {start:%B}"


@transaction.atomic
def release_places(*, source_key: str, places: int | None = None) -> int:
    """Gives places back and returns how many: all that the source still holds unless a number is given.

    Refuses to give back more than the source holds. Without a number, twice is once.
    """
    taking = PlaceTaking.objects.select_for_update().filter(source_key=source_key).first()
    if taking is None:
        raise NotFound(f"No places are held by {source_key}")
    held = taking.places - taking.released
    giving = held if places is None else places
    if giving == 0 and places is None:
        return 0
    if not 1 <= giving <= held:
        raise WrongInput(f"{source_key} holds {held} places, so {giving} cannot be given back")
    PlaceTaking.objects.filter(pk=taking.pk).update(released=F("released") + giving)
    CourseRun.objects.filter(pk=taking.run_id).update(taken=F("taken") - giving)
    return giving
