"""Taking the places that a waiting list offers: through the same order as any other, at the price of the day."""

from datetime import date, datetime

from django.db import transaction

from catalogue.models import CourseRun
from catalogue.services import release_places
from marketplace.core.actors import Actor
from marketplace.core.wording import london_day
from marketplace.trading.models import Basket, Order, WaitingEntry, WaitingOffer
from marketplace.trading.services.apart import fill_apart, undone
from marketplace.trading.services.approvals import ask_approval
from marketplace.trading.services.checking import BasketCheck, check_basket
from marketplace.trading.services.offering import gone, lock_run, move_entry, offer_places, record
from marketplace.trading.services.ordering import place_order
from marketplace.trading.services.waiting import NotWaiting, open_offer
from marketplace.trading.waiting_queries import entry_to_change

EntryState, OfferState = WaitingEntry.State, WaitingOffer.State


@transaction.atomic
def offered_check(*, entry: WaitingEntry, on: date, actor: Actor) -> BasketCheck:
    """What taking the offered places costs today, who is invoiced, and whether somebody must approve it.

    The order's own check, on places that are given back for it and held again afterwards: nothing is written. Raises
    NotWaiting where nothing is offered.
    """
    run, offer = _offered(entry, actor)
    with undone():
        return check_basket(basket=_basket(offer, run, on, actor), on=on, actor=actor)


@transaction.atomic
def accept_offer(
    *, entry: WaitingEntry, expected_pence: int, at: datetime, actor: Actor, purchase_order: str = ""
) -> Order:
    """Orders the offered places: they pass from the list to the order without being free in between.

    ``expected_pence`` is the total with VAT that the buyer saw. What the buyer may not place alone is sent for approval,
    and the order keeps the places while it waits. Who takes a part of what they wait for keeps their position for the
    rest. Raises OfferGone after the offer's time, also before the list has noticed; else what ``place_order`` and
    ``ask_approval`` refuse, and then the offer stands.
    """
    on = london_day(at)
    run, offer = _offered(entry, actor)
    if at >= offer.until:
        raise gone(offer)
    basket = _basket(offer, run, on, actor)
    route = check_basket(basket=basket, on=on, actor=actor).route
    order = (ask_approval if route is not None and route.open else place_order)(
        basket=basket, purchase_order=purchase_order, expected_pence=expected_pence, on=on, actor=actor
    )
    taken = WaitingOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN)
    if taken.update(state=OfferState.TAKEN, closed_on=on, order=order) != 1:
        raise gone(offer)
    entry, left = offer.entry, offer.entry.seats - offer.places
    if left:
        move_entry(entry, EntryState.OFFERED, EntryState.WAITING, seats=left)
    else:
        move_entry(entry, EntryState.OFFERED, EntryState.TAKEN, seats=0, closed_on=on)
    record("waiting.taken", entry, actor, places=offer.places, order=order.number)
    offer_places(run_id=run.pk, on=on)
    return order


def _offered(entry: WaitingEntry, actor: Actor) -> tuple[CourseRun, WaitingOffer]:
    """The date, locked, and what is offered on it now."""
    lock_run(entry.run_id)
    entry = entry_to_change(actor, entry.pk)
    offer = open_offer(entry)
    if offer is None:
        last = WaitingOffer.objects.filter(entry=entry).order_by("-pk").first()
        if last is not None and entry.state != EntryState.WAITING:
            raise gone(last)
        raise NotWaiting("No places are offered to you at the moment.")
    return entry.run, offer


def _basket(offer: WaitingOffer, run: CourseRun, on: date, actor: Actor) -> Basket:
    """The places given back and laid into a basket; the locked date lets nobody come between."""
    release_places(source_key=offer.source_key)
    entry = offer.entry
    return fill_apart(
        organisation=entry.organisation, run=run, school=entry.school, places=offer.places,
        facts=entry.facts, on=on, actor=actor,
    )  # fmt: skip
