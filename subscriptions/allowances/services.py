"""Granting, keeping, giving back and ending what a subscription includes. The database writes the movement of each."""

from datetime import date

from django.db import transaction
from django.db.models import F

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.transactions import in_transaction
from marketplace.organisations.models import Organisation
from subscriptions.allowances.models import Allowance, AllowanceUse
from subscriptions.allowances.rules.units import Unit, counted

MOST = 10_000


class AllowanceUsedUp(DomainError):
    """Fewer are left than were wanted; none was kept."""

    code = "allowance_used_up"


class DifferentUse(DomainError):
    """The same source keeps other places, or was granted something else."""

    code = "different_use"


@transaction.atomic
def grant_allowance(
    *,
    source_key: str,
    organisation: Organisation,
    name: str,
    places: int,
    valid_from: date,
    valid_to: date,
    actor: Actor,
    unit: str = "place",
    carry_most: int = 0,
    on: date | None = None,
) -> Allowance:
    """What the organisation may use over ``[valid_from, valid_to)``: ``places`` of ``unit``, once for a source.

    Consultant days are given in half days. ``carry_most`` of what is left at the end may be carried over. The same call
    again returns what exists, however it was changed or named since; with other facts it raises DifferentUse.
    """
    actor.require(Role.FINANCE_MANAGER, to="grant included places")
    if unit not in list(Unit):
        raise WrongInput(f"Unit must be one of {', '.join(Unit)}")
    if not 1 <= places <= MOST:
        raise WrongInput(f"{Unit(unit).asked} must be a whole number from 1 to {MOST:,}")
    if not 0 <= carry_most <= MOST:
        raise WrongInput(f"What may be carried over must be a whole number from 0 to {MOST:,}")
    if valid_to <= valid_from:
        raise WrongInput("The last day must not be before the first")
    name = clean_line(name, what="Name", limit=60)
    made = Allowance(
        source_key=source_key, organisation=organisation, name=name, unit=unit, granted=places, carry_most=carry_most,
        valid_from=valid_from, valid_to=valid_to, moved_on=on, moved_by_id=actor.person_id,
    )  # fmt: skip
    if not insert_once(made):
        found = Allowance.objects.get(source_key=source_key)
        first = found.movements.order_by("pk")[0].units
        same = (found.organisation_id, found.unit, first, found.valid_from, found.valid_to)
        if same != (organisation.pk, unit, places, valid_from, valid_to):
            raise DifferentUse(f"{source_key} was granted before, with other facts. End that one first.")
        return found
    payload = {"from": valid_from.isoformat(), "to": valid_to.isoformat(), "allowance": made.pk}
    events.record(
        kind="allowance.granted",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload=payload | {"places": places} | ({"unit": unit} if unit != Unit.PLACE else {}),
        actor=actor,
    )
    return made


def claim_allowance(allowance_id: int, places: int) -> bool:
    """The guard against using more than was granted: one conditional UPDATE that touches exactly one row, or none."""
    room = Allowance.objects.filter(pk=allowance_id, granted__gte=F("taken") + F("expired") + F("carried") + places)
    return room.update(taken=F("taken") + places) == 1


def reserve_places(
    *, source_key: str, allowance_id: int, places: int, label: str, on: date, person_id: int | None = None
) -> AllowanceUse:
    """Keeps ``places`` of an allowance for a source, once. Raises AllowanceUsedUp where fewer are left; none is kept then.

    Places of whatever unit the allowance has. ``person_id`` is who kept them, where that is known.
    """
    with in_transaction():
        claimed = claim_allowance(allowance_id, places)
        use = AllowanceUse(
            source_key=source_key, allowance_id=allowance_id, places=places, label=label[:160], on=on,
            moved_by_id=person_id,
        )  # fmt: skip
        if claimed and insert_once(use):
            return use
        if claimed:  # the source was here before
            Allowance.objects.filter(pk=allowance_id).update(taken=F("taken") - places)
        found = AllowanceUse.objects.filter(source_key=source_key).first()
        if found is not None:
            if (found.allowance_id, found.places) != (allowance_id, places):
                raise DifferentUse(f"{source_key} keeps {found.places} places already.")
            return found
    one = Allowance.objects.get(pk=allowance_id)
    said = (
        f"{one.left} included places are" if one.unit == Unit.PLACE else f"{counted(one.left, one.unit)} included are"
    )
    raise AllowanceUsedUp(f"Only {said} left. Nothing is ordered; check the price again.", left=one.left)


def release_included(
    *,
    source_key: str,
    places: int | None = None,
    after_use: bool = False,
    on: date | None = None,
    person_id: int | None = None,
) -> int:
    """Gives what was included back and returns how much: all that the source still keeps unless a number is given.

    What was used does not come back unless ``after_use`` says so (we cancelled, a waiver was granted); a source that keeps
    none gives none.
    """
    with transaction.atomic():
        use = AllowanceUse.objects.select_for_update().filter(source_key=source_key).first()
        if use is None or (use.consumed and not after_use):
            return 0
        held = use.places - use.released
        giving = held if places is None else min(places, held)
        if giving:
            AllowanceUse.objects.filter(pk=use.pk).update(
                released=F("released") + giving, moved_on=on, moved_by=person_id, moved_why=""
            )
            Allowance.objects.filter(pk=use.allowance_id).update(taken=F("taken") - giving)
        return giving


def consume_places(*, source_key: str, on: date | None = None) -> bool:
    """What the places were for has been: they stay used. Whether anything changed."""
    waiting = AllowanceUse.objects.filter(source_key=source_key, consumed=False)
    return waiting.update(consumed=True, moved_on=on, moved_by=None, moved_why="") == 1


def expire_allowances(*, on: date) -> int:
    """What is left in allowances that ended by the day lapses; returns how many allowances. Twice is once."""
    ended = Allowance.objects.filter(valid_to__lte=on, granted__gt=F("taken") + F("expired") + F("carried"))
    return ended.update(expired=F("granted") - F("taken") - F("carried"), moved_on=on, moved_by=None, moved_why="")
