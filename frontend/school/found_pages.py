"""Examples of comparing, the calendar and what a person keeps. For frontend.pages."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from catalogue.models import Offer
from catalogue.queries import Filters
from catalogue.services.keeping import add_favourite, renew_calendar, save_search
from frontend.examples import Example, Pages, World

BUYER, TRUST, HEAD = "buyer", "trust_finance", "head"


def _compared(world: World) -> str:
    """The course with room, a service that asks something, and a resource."""
    resource = Offer.objects.filter(state="published", kind="resource").order_by("code").first()
    codes = [world.run.offer.code, world.service.code, *([resource.code] if resource else [])]
    return "?" + urlencode([("offer", code) for code in codes])


def _month(world: World) -> str:
    return f"?month={timezone.localdate(world.run.starts_at):%Y-%m}"


def _at(name: str, query: Callable[[World], str], key: str = BUYER) -> Callable[[World], str]:
    return lambda world: world.page(key, name) + query(world)


def _kept(world: World) -> str:
    """The buyer's page with a favourite, a search and an address."""
    actor, at = world.actors[BUYER], timezone.now()
    add_favourite(offer=world.run.offer, at=at, actor=actor)
    save_search(text="safeguarding", filters=Filters(kind="course"), by_email=True, at=at, actor=actor)
    renew_calendar(at=at, actor=actor)
    return reverse("me-kept")


PAGES: Pages = {
    "find-compare": [
        Example("anonymous", "full", lambda w: reverse("find-compare") + _compared(w), finds="Next dates and places left"),
        Example("anonymous", "empty", lambda _: reverse("find-compare"), finds="Nothing is chosen to compare"),
    ],
    "school-compare": [
        Example(BUYER, "full", _at("school-compare", _compared), finds="Your price"),
        Example(TRUST, "empty", _at("school-compare", lambda _: "", TRUST), finds="Nothing is chosen to compare"),
    ],
    "calendar": [
        Example("anonymous", "full", lambda w: reverse("calendar") + _month(w), finds="In your own calendar"),
        Example("anonymous", "empty", lambda w: f"{reverse('calendar')}{_month(w)}&theme=Zeppelins", finds="No course meets"),
    ],
    "school-calendar": [Example(BUYER, "full", _at("school-calendar", _month), finds="In your own calendar")],
    "me-kept": [
        Example(BUYER, "full", _kept, finds="Make a new address"),
        Example(HEAD, "empty", lambda _: reverse("me-kept"), finds="No favourites yet"),
    ],
}  # fmt: skip

NOT_PAGES: dict[str, str] = {
    "calendar-feed": "a file",
    "me-calendar-feed": "a file",
    "me-favourite": "posts, then leads back to where the star was",
    "me-search-keep": "posts, then leads to what one keeps",
    "me-search": "posts, then leads to what one keeps",
    "me-calendar-address": "posts, then leads to what one keeps",
}
