"""Examples of the pages about cancellation policies and waivers, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.models import Booking, CancellationPolicy, Waiver
from marketplace.trading.queries import bookings_for
from marketplace.trading.waiver_queries import waivers_for

BUYER, ORGANISER = "buyer", "organiser"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _policy(query: str = "") -> Callable[[World], str]:
    return lambda _: url("organise-policy", code=CancellationPolicy.objects.filter(newest=True)[0].code) + query


def _waiver(state: str) -> Callable[[World], str]:
    return lambda world: url("organise-waiver", pk=waivers_for(world.actors[ORGANISER]).filter(state=state)[0].pk)


def _place(state: str) -> Callable[[World], str]:
    """A cancelled place of which something was kept and nobody asked for, or one that stands."""

    def path(world: World) -> str:
        places = bookings_for(world.actors[ORGANISER]).filter(state=state, waivers__isnull=True)
        if state == Booking.State.CANCELLED:
            places = places.filter(place_returned=False, fees__isnull=False)
        return url("organise-place-waive", pk=places.order_by("pk")[0].pk)

    return path


def _own(world: World) -> str:
    """A place of the buyer's from which a waiver can be asked for today."""
    asked = bookings_for(world.actors[BUYER]).filter(waivers__isnull=True, fees__isnull=False)
    return world.page(BUYER, "school-waiver", pk=asked.order_by("-run__starts_at")[0].pk)


def _asked(world: World) -> str:
    found = waivers_for(world.actors[BUYER]).filter(state=Waiver.State.ASKED)[0]
    return world.page(BUYER, "school-booking", pk=found.booking_id)


_PREVIEW = "?day_day=31&day_month=3&day_year={year}&mode=online&basis=included&price=140&half_days=1&days=0"

PAGES: Pages = {
    "school-waiver": [
        Example(BUYER, "full", _own, finds="Evidence"),
        Example(BUYER, "error", _own, post={"reason": ""}, finds="Choose the reason"),
        Example(BUYER, "asked", _asked, finds="With our course organisers"),
    ],
    "organise-policies": [Example(ORGANISER, "full", _at("organise-policies"), finds="Add a policy")],
    "organise-policy-new": [
        Example(ORGANISER, "full", _at("organise-policy-new"), finds="Keep this policy"),
        Example(
            ORGANISER,
            "error",
            _at("organise-policy-new"),
            post={"title": "Late", "then": "half"},
            finds="must be like 100%",
        ),
    ],
    "organise-policy": [
        Example(ORGANISER, "full", _policy(), finds="Look at a date"),
        Example(
            ORGANISER,
            "preview",
            lambda world: _policy(_PREVIEW.format(year=timezone.localdate().year + 1))(world),
            finds="The place stays used",
        ),
        Example(ORGANISER, "error", _policy(), post={"offer": "zeppelin"}, finds="There is no offer with this code"),
    ],
    "organise-waivers": [
        Example(ORGANISER, "full", _at("organise-waivers"), finds="To decide"),
        Example(ORGANISER, "granted", _at("organise-waivers", "?show=granted"), finds="Granted"),
        Example(ORGANISER, "empty", _at("organise-waivers", "?show=refused&page=1"), finds="Waivers"),
    ],
    "organise-waiver": [
        Example(ORGANISER, "to decide", _waiver("asked"), finds="Record the decision"),
        Example(ORGANISER, "granted", _waiver("granted"), finds="Given back"),
        Example(
            ORGANISER,
            "error",
            _waiver("asked"),
            post={"decision": "refuse", "answer": ""},
            finds="Enter why it is not granted",
        ),
    ],
    "organise-place-waive": [
        Example(ORGANISER, "full", _place("cancelled"), finds="Waive what was kept"),
        Example(ORGANISER, "nothing", _place("booked"), finds="Nothing was kept"),
        Example(ORGANISER, "error", _place("cancelled"), post={"note": ""}, finds="Enter why it is waived"),
    ],
}
