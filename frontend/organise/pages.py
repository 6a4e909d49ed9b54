"""Examples of the organiser's desk, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from catalogue.models import CourseRun
from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.models import Booking

ORGANISER = "organiser"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _coming(world: World) -> CourseRun:
    """A date that is coming and has people on it."""
    booked = Booking.objects.filter(state=Booking.State.BOOKED, run__starts_at__gt=timezone.now(), run__state="open")
    return booked.select_related("run").order_by("run__starts_at", "pk")[0].run


def _of(name: str, which: Callable[[World], CourseRun] = _coming) -> Callable[[World], str]:
    return lambda world: url(name, code=which(world).code)


def _where(**which: object) -> Callable[[World], CourseRun]:
    return lambda world: CourseRun.objects.filter(**which).order_by("-starts_at", "pk")[0]


_WRONG_TIME = {
    "do": "preview",
    "mode": "online",
    "rows": "3",
    "day_0": "11/5/2030",
    "from_0": "half nine",
    "to_0": "3pm",
}
PAGES: Pages = {
    "organise-dates": [
        Example(ORGANISER, "coming", _at("organise-dates"), finds="charged before VAT"),
        Example(ORGANISER, "none match", _at("organise-dates", "?q=phonix"), finds="No dates match"),
    ],
    "organise-date-new": [
        Example(ORGANISER, "empty", _at("organise-date-new"), finds="Add a course date"),
        Example(ORGANISER, "wrong time", _at("organise-date-new"), post=_WRONG_TIME, finds="must be a time"),
    ],
    "organise-date": [
        Example(ORGANISER, "coming", _of("organise-date"), finds="Places and money"),
        Example(ORGANISER, "past", _of("organise-date", _where(starts_at__lt=timezone.now())), finds="Meetings"),
    ],
    "organise-date-needs": [Example(ORGANISER, "before it is opened", _of("organise-date-needs"), finds="What people need")],
    "organise-date-copy": [
        Example(ORGANISER, "empty", _of("organise-date-copy"), finds="Copy to another day"),
        Example(
            ORGANISER, "in the past", _of("organise-date-copy"), post={"first_day": "1/9/2020"}, finds="in the future"
        ),
    ],
    "organise-date-places": [
        Example(ORGANISER, "form", _of("organise-date-places"), finds="Places and minimum"),
        Example(ORGANISER, "no places", _of("organise-date-places"), post={"capacity": ""}, finds="Enter places"),
    ],
    "organise-date-joining": [
        Example(ORGANISER, "form", _of("organise-date-joining"), finds="Joining instructions"),
        Example(
            ORGANISER, "wrong days", _of("organise-date-joining"), post={"joining_days": "soon"}, finds="whole numbers"
        ),
    ],
    "organise-date-costs": [
        Example(ORGANISER, "form", _of("organise-date-costs"), finds="What this date costs us"),
        Example(ORGANISER, "no kind", _of("organise-date-costs"), post={"pence_0": "250"}, finds="Choose the kind"),
    ],
    "organise-date-move": [
        Example(ORGANISER, "form", _of("organise-date-move"), finds="Move this date"),
        Example(
            ORGANISER, "what it does", _of("organise-date-move"),
            post={**_WRONG_TIME, "from_0": "9:30am"}, finds="may cancel free until",
        ),
    ],
    "organise-date-cancel": [
        Example(ORGANISER, "what it does", _of("organise-date-cancel"), finds="comes back"),
        Example(
            ORGANISER, "no reason", _of("organise-date-cancel"), post={"sequence": "0", "expected": "0"},
            finds="Enter the reason",
        ),
    ],
    "organise-date-message": [
        Example(ORGANISER, "empty", _of("organise-date-message"), finds="Write to everybody"),
        Example(ORGANISER, "nothing written", _of("organise-date-message"), post={}, finds="Enter the subject"),
    ],
    "organise-messages": [Example(ORGANISER, "list", _at("organise-messages"), finds="Messages")],
    "organise-reports": [Example(ORGANISER, "this year", _at("organise-reports"), finds="By theme")],
}  # fmt: skip
