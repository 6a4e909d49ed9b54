"""Examples of waiting lists, of moving places and of changing several at once. For frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.models import Booking, WaitingEntry
from marketplace.trading.queries import bookings_for
from marketplace.trading.services.transferring import dates_to_move_to
from marketplace.trading.waiting_queries import entries_for

BUYER, HEAD, TRUST, ORGANISER = "buyer", "head", "trust_finance", "organiser"


def _entry(key: str) -> Callable[[World], str]:
    return lambda world: world.page(key, "school-waiting-entry", pk=entries_for(world.actors[key]).latest("pk").pk)


def _moved(world: World) -> tuple[Booking, str]:
    """A place of the buyer's that can move, and the date to which."""
    today = timezone.localdate()
    coming = bookings_for(world.actors[BUYER]).filter(state="booked", run__starts_at__gt=timezone.now())
    for booking in coming.filter(order_line__order__organisation=world.buyer(BUYER).organisation).order_by("pk"):
        for run in dates_to_move_to(booking=booking, on=today):
            if run.places_left:
                return booking, run.code
    raise LookupError("no place of the buyer's can move")


def _move(world: World, *, chosen: bool = True) -> str:
    booking, code = _moved(world)
    return world.page(BUYER, "school-booking-move", pk=booking.pk) + (f"?run={code}" if chosen else "")


def _of_order(name: str, *, chosen: bool = False) -> Callable[[World], str]:
    def path(world: World) -> str:
        booking, _ = _moved(world)
        number = booking.order_line.order.number
        return world.page(BUYER, name, number=number) + (f"?places={booking.pk}" if chosen else "")

    return path


def _list(world: World) -> str:
    return url("organise-waiting", code=WaitingEntry.objects.latest("pk").run.code)


def _by_hand(world: World) -> str:
    entry = WaitingEntry.objects.filter(state=WaitingEntry.State.WAITING).latest("pk")
    return url("organise-waiting-offer", code=entry.run.code, pk=entry.pk)


PAGES: Pages = {
    "school-waiting": [
        Example(BUYER, "offered", lambda w: w.page(BUYER, "school-waiting"), finds="Places offered"),
        Example(TRUST, "empty", lambda w: w.page(TRUST, "school-waiting"), finds="You wait for no places"),
    ],
    "school-waiting-entry": [
        Example(BUYER, "offered", _entry(BUYER), finds="Book this place"),
        Example(HEAD, "passed over", _entry(HEAD), finds="because you wait for 2 together"),
    ],
    "school-booking-move": [
        Example(BUYER, "chosen", _move, finds="What moving does"),
        Example(BUYER, "choose", lambda w: _move(w, chosen=False), finds="See what moving costs"),
    ],
    "school-order-people": [Example(BUYER, "full", _of_order("school-order-people"), finds="Name of person 1")],
    "school-order-cancel": [
        Example(BUYER, "chosen", _of_order("school-order-cancel", chosen=True), finds="comes back with VAT"),
        Example(
            BUYER, "error", _of_order("school-order-cancel"), post={"expected": "0"}, finds="Choose at least one place"
        ),
    ],
    "organise-waiting": [Example(ORGANISER, "full", _list, finds="3 of 3 places taken or held")],
    "organise-waiting-offer": [
        Example(ORGANISER, "empty", _by_hand, finds="Why out of turn?"),
        Example(ORGANISER, "error", _by_hand, post={"places": "0"}, finds="There is a problem"),
    ],
}

NOT_PAGES: dict[str, str] = {
    "school-waiting-accept": "posts, then leads to the order",
    "school-waiting-decline": "posts, then leads to the entry",
    "school-waiting-leave": "posts, then leads to the entry",
}
