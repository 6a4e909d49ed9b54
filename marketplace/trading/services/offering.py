"""Places of a waiting list: offered in the order of asking the moment they come free, held for whoever is offered them.

Every verb here locks the course date first, so that joining, offering, accepting and running out wait for each other.
What the list does by itself it does as the platform: nobody is told who gave a place back.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from catalogue.models import CourseRun
from catalogue.services import change_places, release_places, take_places
from marketplace.core import events
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day
from marketplace.trading.models import WaitingEntry, WaitingOffer
from marketplace.trading.models.waiting import LIVE
from marketplace.trading.rules.waiting import OfferRule, PlannedOffer, Waits, offered_until, plan_offers

LIST = platform("Waiting lists")
REASON_LIMIT = 200
EntryState, OfferState = WaitingEntry.State, WaitingOffer.State


class NothingToOffer(DomainError):
    """No place is free, the entry waits no more, or the course begins too soon for an offer to stand."""

    code = "nothing_to_offer"


class OfferGone(DomainError):
    """The offer ran out, was declined, or was taken already. ``state`` says which."""

    code = "waiting_offer_gone"


def lock_run(run_id: int) -> CourseRun:
    """The course date, locked until the end of the transaction."""
    return CourseRun.objects.select_for_update().get(pk=run_id)


@transaction.atomic
def offer_places(*, run_id: int, on: date) -> list[WaitingOffer]:
    """Offers the free places of a date to those who wait for them, in their order, and holds them.

    Call it in the transaction in which places come free, so that nobody else finds them free. Does nothing where nobody
    waits, on a date that is cancelled, and where the course begins too soon for an offer to stand.
    """
    if not WaitingEntry.objects.filter(run_id=run_id, state=EntryState.WAITING).exists():
        return []
    run = lock_run(run_id)
    until = until_for(run, on)
    if until is None or run.state != CourseRun.State.OPEN:
        return []
    entries = {one.pk: one for one in WaitingEntry.objects.filter(run=run, state=EntryState.WAITING).order_by("pk")}
    waiting = [Waits(one.pk, one.seats, one.together) for one in entries.values()]
    return [_offer(entries[plan.pk], plan, until, on, LIST) for plan in plan_offers(waiting, run.places_left)]


@transaction.atomic
def offer_by_hand(*, entry: WaitingEntry, places: int, reason: str, on: date, actor: Actor) -> WaitingOffer:
    """An organiser offers free places to one entry out of its turn, and says why; the reason stands in the history.

    Refuses without a reason, more places than are free or wanted, and an entry that waits no more.
    """
    actor.require(Role.ORGANISER, to="offer places of a waiting list")
    reason = clean_line(reason, what="Reason", limit=REASON_LIMIT)
    run = lock_run(entry.run_id)
    entry = WaitingEntry.objects.get(pk=entry.pk)
    until = until_for(run, on)
    if entry.state != EntryState.WAITING or run.state != CourseRun.State.OPEN:
        raise NothingToOffer("This school does not wait for places any more. Open the list again.")
    if until is None:
        raise NothingToOffer("The course begins too soon to offer places. Whoever comes first may book them.")
    if not 1 <= places <= entry.seats:
        raise WrongInput(f"Places must be a number from 1 to the {entry.seats} that the school waits for")
    if places > run.places_left:
        raise NothingToOffer(f"Only {run.places_left} places are free. Offer fewer, or add places to the date first.")
    return _offer(entry, PlannedOffer(entry.pk, places, run.places_left, ()), until, on, actor, reason)


def until_for(run: CourseRun, on: date) -> datetime | None:
    """Until when an offer made on a day would stand; None where it could not."""
    return offered_until(on=on, starts_at=run.starts_at, rule=OfferRule(**settings.WAITING_OFFERS))


def _offer(
    entry: WaitingEntry, plan: PlannedOffer, until: datetime, on: date, actor: Actor, reason: str = ""
) -> WaitingOffer:
    made = WaitingOffer.objects.create(
        entry=entry,
        places=plan.places,
        free_places=plan.free,
        passed_over=list(plan.passed_over),
        by_hand=bool(reason),
        reason=reason,
        offered_on=on,
        until=until,
    )
    take_places(source_key=made.source_key, run_id=entry.run_id, places=made.places)
    move_entry(entry, EntryState.WAITING, EntryState.OFFERED)
    record(
        "waiting.offered", entry, actor,
        places=made.places, until=until.isoformat(), by_hand=made.by_hand, passed_over=len(plan.passed_over),
        text={"reason": reason},
    )  # fmt: skip
    return made


def move_entry(entry: WaitingEntry, before: str, after: str, **fields: object) -> None:
    """One conditional UPDATE; raises OfferGone where somebody came first."""
    if WaitingEntry.objects.filter(pk=entry.pk, state=before).update(state=after, **fields) != 1:
        raise OfferGone("This entry of the waiting list changed a moment ago. Open it again.")
    entry.refresh_from_db()


def end_offer(*, offer: WaitingOffer, state: str, then: str, kind: str, on: date, actor: Actor) -> None:
    """Ends an open offer with its entry and gives its places back, in the caller's transaction, the run being locked."""
    if WaitingOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN).update(state=state, closed_on=on) != 1:
        raise gone(offer)
    release_places(source_key=offer.source_key)
    move_entry(offer.entry, EntryState.OFFERED, then, closed_on=on)
    record(kind, offer.entry, actor, places=offer.places, before=str(EntryState.OFFERED), after=str(then))


def gone(offer: WaitingOffer) -> OfferGone:
    """Why an offer cannot be answered any more."""
    offer.refresh_from_db()
    words = {
        OfferState.TAKEN: "These places were booked already. See the order.",
        OfferState.DECLINED: "These places were declined already. Join the waiting list again if you want them.",
        OfferState.ENDED: "This offer was ended because the entry left the list or the list was closed.",
    }
    ran_out = "This offer ran out, and the places went on. Join the waiting list again if you still want them."
    return OfferGone(words.get(OfferState(offer.state), ran_out), state=offer.state)


def lapse_offers(*, at: datetime) -> int:
    """Ends the offers whose time is over and offers their places to the next. Returns how many ended."""
    due = WaitingOffer.objects.filter(state=OfferState.OPEN, until__lte=at)
    return sum(
        _lapse(run_id, at) for run_id in due.order_by("entry__run").values_list("entry__run", flat=True).distinct()
    )


@transaction.atomic
def _lapse(run_id: int, at: datetime) -> int:
    lock_run(run_id)
    due = WaitingOffer.objects.filter(entry__run=run_id, state=OfferState.OPEN, until__lte=at)
    ended = list(due.select_related("entry__run").order_by("pk"))
    for offer in ended:
        end_offer(
            offer=offer, state=OfferState.LAPSED, then=EntryState.LAPSED, kind="waiting.lapsed",
            on=london_day(at), actor=LIST,
        )  # fmt: skip
    if ended:
        offer_places(run_id=run_id, on=london_day(at))
    return len(ended)


def close_lists(*, at: datetime) -> int:
    """Closes the lists of dates that were cancelled or have begun. Returns how many."""
    live = WaitingEntry.objects.filter(Q(run__state=CourseRun.State.CANCELLED) | Q(run__starts_at__lte=at))
    runs = live.filter(state__in=LIVE).order_by("run").values_list("run", flat=True).distinct()
    return sum(close_list(run_id=run_id, on=london_day(at)) for run_id in runs)


@transaction.atomic
def close_list(*, run_id: int, on: date) -> bool:
    """Ends every entry of a date's list, with what was offered. Returns whether there was any."""
    lock_run(run_id)
    entries = list(WaitingEntry.objects.filter(run=run_id, state__in=LIVE).select_related("run").order_by("pk"))
    for offer in WaitingOffer.objects.filter(entry__in=entries, state=OfferState.OPEN).select_related("entry__run"):
        end_offer(offer=offer, state=OfferState.ENDED, then=EntryState.CLOSED, kind="waiting.closed", on=on, actor=LIST)
    for entry in entries:
        if entry.state == EntryState.WAITING:
            move_entry(entry, EntryState.WAITING, EntryState.CLOSED, closed_on=on)
            record("waiting.closed", entry, LIST, before=str(EntryState.WAITING), after=str(EntryState.CLOSED))
    return bool(entries)


@transaction.atomic
def change_places_offered(*, run: CourseRun, on: date, actor: Actor, **numbers: Any) -> CourseRun:
    """``catalogue.services.change_places``, and what was added is offered to those who wait before anybody else sees it."""
    changed = change_places(run=run, on=on, actor=actor, **numbers)
    offer_places(run_id=run.pk, on=on)
    return changed


def offer_everywhere(*, on: date) -> int:
    """Offers what is free on every date that somebody waits for: places that were added to it. Returns how many offers."""
    waited_for = WaitingEntry.objects.filter(state=EntryState.WAITING, run__taken__lt=F("run__capacity"))
    runs = waited_for.order_by("run").values_list("run", flat=True).distinct()
    return sum(len(offer_places(run_id=run_id, on=on)) for run_id in runs)


def record(
    kind: str, entry: WaitingEntry, actor: Actor, *, text: dict[str, str] | None = None, **payload: object
) -> None:
    """An event about an entry: its course date, numbers and states."""
    events.record(
        kind=kind,
        subject_kind="waiting",
        subject=str(entry.pk),
        organisation_ids=[entry.organisation_id, entry.school_id],
        payload={"run": entry.run.code, "seats": entry.seats, **payload},
        text=text,
        actor=actor,
    )
