"""Allowances that grow or shrink with the subscription, are corrected by finance, or carry over into the next one."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from subscriptions.allowances.models import Allowance
from subscriptions.allowances.rules.units import Unit, counted
from subscriptions.allowances.services import MOST


class AllowanceEnded(DomainError):
    """It ended; nothing is added to it any more."""

    code = "allowance_ended"


class BelowUse(DomainError):
    """More of it is kept or used than would remain; nothing was changed. ``most`` may be taken off."""

    code = "allowance_below_use"


class AllowanceChanged(DomainError):
    """Somebody else changed it since it was looked at; nothing was changed."""

    code = "allowance_changed"


class CarriesNothing(DomainError):
    """What is left cannot be carried into that allowance; nothing was changed."""

    code = "carries_nothing"


def grow_allowance(*, allowance: Allowance, units: int, reason: str, on: date, actor: Actor) -> Allowance:
    """``units`` more, as for a higher level: AllowanceEnded where it has ended by the day."""
    return _move(allowance, units, reason, on, actor)


def shrink_allowance(*, allowance: Allowance, units: int, reason: str, on: date, actor: Actor) -> Allowance:
    """``units`` fewer, as for a lower level, never below what is kept or used: BelowUse tells how many may be taken off."""
    return _move(allowance, -units, reason, on, actor)


@transaction.atomic
def name_allowance(*, allowance: Allowance, name: str, actor: Actor) -> None:
    """Calls it by another name from now on, as where Silver became Gold; what it holds does not move."""
    actor.require(Role.FINANCE_MANAGER, to="name what a subscription includes")
    name = clean_line(name, what="Name", limit=60)
    before = _locked(allowance).name
    if Allowance.objects.filter(pk=allowance.pk).exclude(name=name).update(name=name):
        allowance.name = name
        _record("allowance.named", allowance, {"before": before, "after": name}, actor)


@transaction.atomic
def correct_allowance(
    *, allowance: Allowance, granted: int, seen: int, reason: str, on: date, actor: Actor
) -> Allowance:
    """Finance puts right how much was granted: ``granted`` in all, where ``seen`` stood before. The same twice is once."""
    locked = _locked(allowance)
    if locked.granted == granted:
        return locked
    if locked.granted != seen:
        raise AllowanceChanged(
            f"Somebody changed it meanwhile: {counted(locked.granted, locked.unit, locked.name)} are granted, not "
            f"{counted(seen, locked.unit)}. Look at it again."
        )
    return _move(locked, granted - seen, reason, on, actor)


@transaction.atomic
def _move(allowance: Allowance, units: int, reason: str, on: date, actor: Actor) -> Allowance:
    actor.require(Role.FINANCE_MANAGER, to="change what a subscription includes")
    reason = clean_line(reason, what="Reason", limit=240)
    locked = _locked(allowance)
    if not 0 <= locked.granted + units <= MOST:
        raise WrongInput(f"{Unit(locked.unit).asked} must be a whole number from 0 to {MOST:,}")
    if not units:
        return locked
    if units > 0 and locked.valid_to <= on:
        raise AllowanceEnded(
            f"{locked.name} ended before {long_date(locked.valid_to)}, so nothing is added to it. Grant a new one."
        )
    if locked.left + units < 0:
        raise BelowUse(
            f"{counted(locked.taken, locked.unit, locked.name)} are kept or used, so at most "
            f"{counted(locked.left, locked.unit)} can be taken off. Nothing was changed.",
            most=locked.left,
        )
    before = locked.granted
    Allowance.objects.filter(pk=locked.pk).update(
        granted=F("granted") + units, moved_on=on, moved_by=actor.person_id, moved_why=reason
    )
    locked.granted += units
    _record("allowance.changed", locked, {"before": before, "after": locked.granted}, actor, {"reason": reason})
    return locked


@transaction.atomic
def carry_over(*, allowance: Allowance, into: Allowance, on: date, actor: Actor) -> int:
    """Moves what is left of an allowance that ended, lapsed or not, into another of the same school; returns how much.

    At most ``carry_most`` of it, and once: the same call again returns what was carried. Raises CarriesNothing where it
    has not ended by the day, the other does not outlast it, or it was carried elsewhere.
    """
    actor.require(Role.FINANCE_MANAGER, to="carry over what a subscription includes")
    rows = {row.pk: row for row in _in_order(allowance.pk, into.pk)}
    old, new = rows[allowance.pk], rows[into.pk]
    if old.carried_into_id == new.pk:
        return old.carried
    _may_carry(old, new, on)
    moving = min(old.left + old.expired, old.carry_most)
    if not moving:
        return 0
    moved: dict[str, Any] = {"moved_on": on, "moved_by": actor.person_id}
    Allowance.objects.filter(pk=old.pk).update(
        expired=F("expired") - min(moving, old.expired), carried=moving, carried_into=new,
        moved_why=f"Into {new.name}"[:240], **moved,
    )  # fmt: skip
    Allowance.objects.filter(pk=new.pk).update(
        granted=F("granted") + moving, carried_in=F("carried_in") + moving, moved_why=f"From {old.name}"[:240], **moved
    )
    _record("allowance.carried_over", old, {"units": moving, "into": new.pk}, actor)
    return moving


def _may_carry(old: Allowance, new: Allowance, on: date) -> None:
    if old.carried_into_id is not None:
        raise CarriesNothing(f"What was left of {old.name} was carried over before. It is carried once.")
    if (old.organisation_id, old.unit) != (new.organisation_id, new.unit) or new.valid_to <= old.valid_to:
        raise CarriesNothing(
            f"{old.name} is carried into a later allowance of the same school in the same unit. Choose another."
        )
    if on < old.valid_to:
        raise CarriesNothing(f"{old.name} runs until {long_date(old.valid_to)}. Carry over what is left once it ended.")
    if new.valid_to <= on:
        raise AllowanceEnded(f"{new.name} ended before {long_date(new.valid_to)}, so nothing is added to it.")


def _locked(allowance: Allowance) -> Allowance:
    return Allowance.objects.select_for_update().get(pk=allowance.pk)


def _in_order(*pks: int) -> list[Allowance]:
    return list(Allowance.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def _record(
    kind: str, row: Allowance, payload: dict[str, Any], actor: Actor, text: dict[str, str] | None = None
) -> None:
    events.record(
        kind=kind,
        subject_kind="allowance",
        subject=str(row.pk),
        organisation_ids=[row.organisation_id],
        payload={"unit": row.unit, **payload},
        actor=actor,
        text=text,
    )
