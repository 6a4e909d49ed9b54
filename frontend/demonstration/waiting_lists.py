"""A course date that is full, three schools that wait for it, and a place that came back and is held for one of them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from catalogue.models import CourseRun, Offer
from catalogue.services import add_run
from frontend.demonstration.calendar import day_before
from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from marketplace.core.working_days import is_working_day
from marketplace.trading.models import Booking
from marketplace.trading.services import (
    add_to_basket,
    cancel_booking,
    check_basket,
    join_waiting,
    open_basket,
    place_order,
)

OFFER = "new-to-safeguarding"
HAS_PLACES = ("Marrambridge School", "approver")
# Who waits, how many days ago they asked, for how many places.
WAITING = [
    ("Saltpans Primary School", "head", 9, 2),
    ("Lantern Street Primary School", "buyer", 6, 1),
    ("Osprey Bank Primary School", "small_limit", 2, 1),
]


def add_waiting_lists(directory: Directory, *, today: date, actor: Actor) -> None:
    """The two places that one school wants together do not fit in the one that came back: the next school is asked."""
    run = _date(Offer.objects.get(code=OFFER), today, actor)
    places = _ordered(directory, run, day_before(today, 30))
    for name, key, days, seats in WAITING:
        school = directory.find(name)
        asked = datetime.combine(day_before(today, days), time(10, 15), LONDON)
        join_waiting(
            run=run, organisation=school, school=school, seats=seats, together=True, at=asked,
            actor=directory.signed[key],
        )  # fmt: skip
    cancel_booking(booking=places[0], on=today, actor=directory.signed[HAS_PLACES[1]])


def _date(offer: Offer, today: date, actor: Actor) -> CourseRun:
    """A small room, in two months or so."""
    day = today + timedelta(days=63)
    while not is_working_day(day):
        day += timedelta(days=1)
    starts = datetime.combine(day, time(9, 30), LONDON)
    return add_run(
        offer=offer, code=f"{offer.code}-small-{day:%Y%m%d}", mode=CourseRun.Mode.FACE_TO_FACE, venue="The Old Library",
        starts_at=starts, ends_at=starts + timedelta(hours=6), capacity=3, actor=actor,
    )  # fmt: skip


def _ordered(directory: Directory, run: CourseRun, on: date) -> list[Booking]:
    school, buyer = directory.find(HAS_PLACES[0]), directory.signed[HAS_PLACES[1]]
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(
        basket=basket, offer=run.offer, run=run, school=school, quantity=Decimal(run.capacity), on=on, actor=buyer
    )
    seen = check_basket(basket=basket, on=on, actor=buyer).total.gross.pence
    order = place_order(basket=basket, purchase_order="", expected_pence=seen, on=on, actor=buyer)
    return list(order.lines.get().bookings.order_by("position"))
