"""Granting, keeping, giving back and ending included places."""

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

MOST = 10_000


class AllowanceUsedUp(DomainError):
    """Fewer places are left than were wanted; none was kept."""

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
) -> Allowance:
    """Places that the organisation may book over ``[valid_from, valid_to)``, once for a source.

    The same call again returns what exists; with other facts it raises DifferentUse.
    """
    actor.require(Role.FINANCE_MANAGER, to="grant included places")
    if not 1 <= places <= MOST:
        raise WrongInput(f"Places must be a whole number from 1 to {MOST:,}")
    if valid_to <= valid_from:
        raise WrongInput("The last day must not be before the first")
    name = clean_line(name, what="Name", limit=60)
    made = Allowance(
        source_key=source_key,
        organisation=organisation,
        name=name,
        granted=places,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if not insert_once(made):
        found = Allowance.objects.get(source_key=source_key)
        same = (found.organisation_id, found.name, found.granted, found.valid_from, found.valid_to)
        if same != (organisation.pk, name, places, valid_from, valid_to):
            raise DifferentUse(f"{source_key} was granted before, with other facts. End that one first.")
        return found
    events.record(
        kind="allowance.granted",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"places": places, "from": valid_from.isoformat(), "to": valid_to.isoformat(), "allowance": made.pk},
        actor=actor,
    )
    return made


def claim_allowance(allowance_id: int, places: int) -> bool:
    """The guard against using more than was granted: one conditional UPDATE that touches exactly one row, or none."""
    room = Allowance.objects.filter(pk=allowance_id, granted__gte=F("taken") + F("expired") + places)
    return room.update(taken=F("taken") + places) == 1


def reserve_places(*, source_key: str, allowance_id: int, places: int, label: str, on: date) -> AllowanceUse:
    """Keeps ``places`` of an allowance for a source, once. Raises AllowanceUsedUp where fewer are left; none is kept then."""
    with in_transaction():
        use = AllowanceUse(source_key=source_key, allowance_id=allowance_id, places=places, label=label[:160], on=on)
        if not insert_once(use):
            found = AllowanceUse.objects.get(source_key=source_key)
            if (found.allowance_id, found.places) != (allowance_id, places):
                raise DifferentUse(f"{source_key} keeps {found.places} places already.")
            return found
        if claim_allowance(allowance_id, places):
            return use
        use.delete()
    left = Allowance.objects.get(pk=allowance_id).left
    raise AllowanceUsedUp(
        f"Only {left} included places are left. Nothing is ordered; check the price again.", left=left
    )


def release_included(*, source_key: str, places: int | None = None, after_use: bool = False) -> int:
    """Gives included places back and returns how many: all that the source still keeps unless a number is given.

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
            AllowanceUse.objects.filter(pk=use.pk).update(released=F("released") + giving)
            Allowance.objects.filter(pk=use.allowance_id).update(taken=F("taken") - giving)
        return giving


def consume_places(*, source_key: str) -> bool:
    """What the places were for has been: they stay used. Whether anything changed."""
    return AllowanceUse.objects.filter(source_key=source_key, consumed=False).update(consumed=True) == 1


def expire_allowances(*, on: date) -> int:
    """Places left in allowances that ended by the day lapse; returns how many allowances. Twice is once."""
    ended = Allowance.objects.filter(valid_to__lte=on, granted__gt=F("taken") + F("expired"))
    return ended.update(expired=F("granted") - F("taken"))
