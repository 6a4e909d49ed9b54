"""Joining a waiting list, leaving it, and saying no to what was offered."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalogue.models import CourseRun
from catalogue.rules.words import count_words
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.wording import london_day, long_date
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Basket, BasketLine, WaitingEntry, WaitingOffer
from marketplace.trading.models.waiting import LIVE
from marketplace.trading.services.access import buying_person, check_receives
from marketplace.trading.services.baskets import CannotBeOrdered, check_orderable, clean_facts, quote_line
from marketplace.trading.services.offering import end_offer, gone, lock_run, move_entry, offer_places, record
from marketplace.trading.waiting_queries import entry_to_change

MOST_SEATS = 100
EntryState, OfferState = WaitingEntry.State, WaitingOffer.State


class PlacesAreFree(DomainError):
    """There are as many places as are wanted: they can be booked. ``left`` says how many."""

    code = "places_are_free"


class AlreadyWaiting(DomainError):
    """The school stands on this list already."""

    code = "already_waiting"


class NotWaiting(DomainError):
    """The entry ended: taken, declined, run out, left or closed."""

    code = "not_waiting"


@transaction.atomic
def join_waiting(
    *,
    run: CourseRun,
    organisation: Organisation,
    school: Organisation,
    seats: int,
    together: bool,
    at: datetime,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
) -> WaitingEntry:
    """Puts a school at the end of a date's waiting list for ``seats`` places, all ``together`` or as they come.

    Where a few places are left and they may come one by one, those are offered at once, and held. Refuses where as many
    are left as are wanted (PlacesAreFree), twice (AlreadyWaiting), what cannot be ordered or has no price, more places
    together than the date has, and a date that begins today or was cancelled.
    """
    on, person_id = london_day(at), buying_person(actor, organisation)
    check_receives(organisation, school, on)
    run = lock_run(run.pk)
    facts = _check_line(run, organisation, school, seats, facts or {}, on)
    if run.starts_on <= on:
        raise CannotBeOrdered("The course is today. Ask us whether somebody stays away.")
    if together and seats > run.capacity:
        raise WrongInput(f"The course has {run.capacity} places in all. Wait for fewer, or take them as they come.")
    if seats <= run.places_left:
        left = count_words(run.places_left, "place is", "places are")
        raise PlacesAreFree(
            f"{left} left on {long_date(run.starts_at)}. Book now: nobody has to wait.", left=run.places_left
        )
    if WaitingEntry.objects.filter(run=run, school=school, state__in=LIVE).exists():
        raise AlreadyWaiting(
            f"{school.name} waits for this date already. Leave that list first to ask for other places."
        )
    entry = WaitingEntry.objects.create(
        run=run, organisation=organisation, school=school, person_id=person_id,
        asked=seats, seats=seats, together=together, facts=facts, joined_at=at,
    )  # fmt: skip
    record("waiting.joined", entry, actor, together=together)
    offer_places(run_id=run.pk, on=on)
    entry.refresh_from_db()
    return entry


def _check_line(
    run: CourseRun, organisation: Organisation, school: Organisation, seats: int, facts: Mapping[str, Any], on: date
) -> dict[str, Any]:
    """Refuses what could not be ordered once a place is free; returns the facts as they may be stored."""
    if not 1 <= seats <= MOST_SEATS:
        raise WrongInput(f"Places must be a number from 1 to {MOST_SEATS}")
    line = BasketLine(
        basket=Basket(organisation=organisation), offer=run.offer, run=run, school=school,
        quantity=Decimal(seats), facts=clean_facts(dict(facts)),
    )  # fmt: skip
    check_orderable(line, on)
    quote_line(line, on)
    return dict(line.facts)


@transaction.atomic
def leave_waiting(*, entry: WaitingEntry, on: date, actor: Actor) -> WaitingEntry:
    """Takes the school off the list; places that were offered to it go to the next. Leaving twice is refused."""
    entry = _locked(entry, actor)
    if (offer := open_offer(entry)) is not None:
        end_offer(offer=offer, state=OfferState.ENDED, then=EntryState.LEFT, kind="waiting.left", on=on, actor=actor)
        offer_places(run_id=entry.run_id, on=on)
    else:
        move_entry(entry, EntryState.WAITING, EntryState.LEFT, closed_on=on)
        record("waiting.left", entry, actor, before=str(EntryState.WAITING), after=str(EntryState.LEFT))
    entry.refresh_from_db()
    return entry


@transaction.atomic
def decline_offer(*, entry: WaitingEntry, on: date, actor: Actor) -> WaitingEntry:
    """Says no to what was offered: the entry ends, and the places go to the next."""
    entry = _locked(entry, actor)
    if (offer := open_offer(entry)) is None:
        raise NotWaiting("No places are offered to you at the moment. Leave the list if you do not want to wait.")
    end_offer(
        offer=offer, state=OfferState.DECLINED, then=EntryState.DECLINED, kind="waiting.declined", on=on, actor=actor
    )
    offer_places(run_id=entry.run_id, on=on)
    entry.refresh_from_db()
    return entry


def open_offer(entry: WaitingEntry) -> WaitingOffer | None:
    """What is offered to the entry now."""
    return WaitingOffer.objects.filter(entry=entry, state=OfferState.OPEN).select_related("entry__run").first()


def _locked(entry: WaitingEntry, actor: Actor) -> WaitingEntry:
    """The entry as it is now, its date locked. Raises NotFound, NotAllowed, NotWaiting or OfferGone."""
    lock_run(entry.run_id)
    entry = entry_to_change(actor, entry.pk)
    if entry.state not in LIVE:
        last = WaitingOffer.objects.filter(entry=entry).order_by("-pk").first()
        if last is not None and last.state != OfferState.ENDED:
            raise gone(last)
        raise NotWaiting("This entry is not on the waiting list any more.")
    return entry
