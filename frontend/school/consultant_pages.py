"""Examples of the pages of requests to consultants and their bookings, for frontend.pages."""

from collections.abc import Callable

from frontend.demonstration.retaining import OFFERED, RETAINED, SHARED
from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.models import Retainer

BUYER, PROVIDER, ORGANISER = "buyer", "ridgeway", "organiser"
AGREED, COMPARE = "Phonics support for new teachers", "Coaching for two new middle leaders"


def _own(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: world.page(BUYER, name) + query


def _asked(title: str) -> ConsultantRequest:
    return ConsultantRequest.objects.get(title=title)


def _request(title: str, page: str = "school-consultant-request") -> Callable[[World], str]:
    return lambda world: world.page(BUYER, page, number=_asked(title).number)


def _accept(world: World) -> str:
    asked = _asked(COMPARE)
    quote = asked.quotes.filter(state=ConsultantQuote.State.QUOTED).earliest("pk")
    return world.page(BUYER, "school-consultant-accept", number=asked.number, quote=quote.pk)


def _booking(page: str, query: str = "") -> Callable[[World], str]:
    return lambda world: world.page(BUYER, page, number=_date().engagement.number) + query


def _date() -> EngagementDate:
    return EngagementDate.objects.select_related("engagement").get(engagement__title=AGREED)


def _one_date(world: World) -> str:
    planned = _date()
    return world.page(
        BUYER, "school-consultant-date", number=planned.engagement.number, ordinal=planned.ordinal
    )  # fmt: skip


def _theirs(page: str, **more: object) -> Callable[[World], str]:
    return lambda _: url(page, provider="ridgeway-learning", **more)


def _their_request(state: str) -> Callable[[World], str]:
    def found(_: World) -> str:
        mine = ConsultantQuote.objects.filter(state=state, consultant__code="dana-whitlock")
        return url("provider-request", provider="ridgeway-learning", pk=mine.earliest("pk").pk)

    return found


def _their_date(page: str) -> Callable[[World], str]:
    def found(_: World) -> str:
        planned, keys = _date(), {}
        if page == "provider-booking-date":
            keys["ordinal"] = planned.ordinal
        return url(page, provider="ridgeway-learning", number=planned.engagement.number, **keys)

    return found


def _shared(world: World) -> str:
    booking = Engagement.objects.get(title=SHARED)
    return world.page(BUYER, "school-consultant-shares", number=booking.number)


def _retained(page: str, title: str) -> Callable[[World], str]:
    def found(world: World) -> str:
        number = Retainer.objects.get(title=title).number
        if page.startswith("school-"):
            return world.page(BUYER, page, number=number)
        own = {"provider": "ridgeway-learning"} if page.startswith("provider-") else {}
        return url(page, number=number, **own)

    return found


PAGES: Pages = {
    "school-consultants": [
        Example(BUYER, "full", _own("school-consultants"), finds="Dana Whitlock"),
        Example(BUYER, "narrowed", _own("school-consultants", "?phase=secondary"), finds="Remove this filter"),
    ],
    "school-consultant-ask": [
        Example(BUYER, "full", _own("school-consultant-ask", "?consultant=dana-whitlock"), finds="Do not name pupils"),
        Example(BUYER, "error", _own("school-consultant-ask"), post={"title": ""}, finds="Enter what it is for"),
    ],
    "school-consultant-requests": [Example(BUYER, "full", _own("school-consultant-requests"), finds="To compare")],
    "school-consultant-request": [
        Example(BUYER, "quotes", _request(COMPARE), finds="Whole cost, with travel and VAT"),
        Example(BUYER, "declined", _request("Moderation of writing"), finds="is full in those weeks"),
        Example(BUYER, "waiting", _request("A reading day for all staff"), finds="No quote yet"),
    ],
    "school-consultant-accept": [
        Example(BUYER, "full", _accept, finds="Off-payroll working"),
        Example(BUYER, "error", _accept, post={"expected": "1"}, finds="Choose whether the consultant is paid"),
    ],
    "school-consultant-bookings": [Example(BUYER, "full", _own("school-consultant-bookings"), finds="Phonics support")],
    "school-consultant-booking": [
        Example(BUYER, "full", _booking("school-consultant-booking"), finds="How the price is made up")
    ],
    "school-consultant-date-new": [
        Example(BUYER, "full", _booking("school-consultant-date-new"), finds="Free times"),
        Example(BUYER, "error", _booking("school-consultant-date-new"), post={"time": ""}, finds="Choose a time"),
    ],
    "school-consultant-date": [
        Example(BUYER, "full", _one_date, finds="What cancelling costs"),
        Example(BUYER, "error", _one_date, post={"do": "cancel", "reason": ""}, finds="Enter why"),
    ],
    "school-consultant-cancel": [
        Example(BUYER, "full", _booking("school-consultant-cancel"), finds="Dates that are given up")
    ],
    "school-consultant-off-payroll": [
        Example(BUYER, "full", _booking("school-consultant-off-payroll"), finds="Not paid through a company")
    ],
    "school-consultant-shares": [Example(BUYER, "full", _shared, finds="Your purchase order")],
    "school-retainers": [Example(BUYER, "full", _own("school-retainers"), finds=RETAINED)],
    "school-retainer": [
        Example(BUYER, "running", _retained("school-retainer", RETAINED), finds="Periods that began"),
        Example(BUYER, "to agree", _retained("school-retainer", OFFERED), finds="Agree to this retainer"),
        Example(
            BUYER, "error", _retained("school-retainer", OFFERED), post={"do": "decline", "reason": ""}, finds="Enter why"
        ),
    ],
    "provider-retainers": [Example(PROVIDER, "full", _theirs("provider-retainers"), finds=RETAINED)],
    "provider-retainer": [
        Example(PROVIDER, "to agree", _retained("provider-retainer", OFFERED), finds="Agree to this retainer"),
        Example(
            PROVIDER, "error", _retained("provider-retainer", OFFERED), post={"do": "decline", "reason": ""},
            finds="Enter why",
        ),
    ],
    "organise-retainers": [
        Example(ORGANISER, "full", lambda _: url("organise-retainers"), finds=RETAINED),
        Example(ORGANISER, "none", lambda _: url("organise-retainers") + "?state=ended", finds="Remove the filter"),
    ],
    "organise-retainer-new": [
        Example(ORGANISER, "full", lambda _: url("organise-retainer-new"), finds="Offer this retainer"),
        Example(ORGANISER, "error", lambda _: url("organise-retainer-new"), post={"title": ""}, finds="Enter what it is"),
    ],
    "organise-retainer": [
        Example(ORGANISER, "running", _retained("organise-retainer", RETAINED), finds="Stop this retainer"),
        Example(ORGANISER, "error", _retained("organise-retainer", RETAINED), post={"reason": ""}, finds="Enter why"),
    ],
    "organise-shared-booking": [
        Example(ORGANISER, "full", lambda _: url("organise-shared-booking"), finds="Agree this booking"),
        Example(
            ORGANISER, "error", lambda _: url("organise-shared-booking"), post={"schools": "One"},
            finds="one on each line",
        ),
    ],
    "organise-capacity": [Example(ORGANISER, "full", lambda _: url("organise-capacity"), finds="Leadership")],
    "organise-visit-reviews": [
        Example(ORGANISER, "full", lambda _: url("organise-visit-reviews"), finds="Reading across the school"),
        Example(
            ORGANISER, "none", lambda _: url("organise-visit-reviews") + "?rating=1", finds="Remove the filter"
        ),
    ],
    "school-releases": [Example(BUYER, "empty", _own("school-releases"), finds="Nothing waits for you")],
    "provider-requests": [Example(PROVIDER, "full", _theirs("provider-requests"), finds="To answer")],
    "provider-request": [
        Example(PROVIDER, "to answer", _their_request("asked"), finds="Send the quote"),
        Example(
            PROVIDER, "error", _their_request("asked"), post={"do": "decline", "reason": ""}, finds="Enter why"
        ),
        Example(PROVIDER, "quoted", _their_request("quoted"), finds="Take the quote back"),
    ],
    "provider-bookings": [Example(PROVIDER, "full", _theirs("provider-bookings"), finds="Phonics support")],
    "provider-booking": [Example(PROVIDER, "full", _their_date("provider-booking"), finds="You earn")],
    "provider-booking-date": [
        Example(PROVIDER, "full", _their_date("provider-booking-date"), finds="Nothing is charged")
    ],
    "organise-consultant-bookings": [
        Example(ORGANISER, "full", lambda _: url("organise-consultant-bookings"), finds="Phonics support"),
        Example(
            ORGANISER, "none", lambda _: url("organise-consultant-bookings") + "?state=done", finds="Remove the filter"
        ),
    ],
}  # fmt: skip
