"""Examples of the pages about rates, calendars and presenters, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.models import ReviewRound
from providers.models import Provider, RateProposal, Slot
from providers.queries import proposals_for

ORGANISER, FINANCE = "organiser", "finance_officer"
STAFF, CONSULTANT = "ridgeway", "consultant"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _provider() -> Provider:
    return Provider.objects.get(code="ridgeway-learning")


def _own(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name, provider=_provider().code) + query


def _proposal(name: str, key: str, **wanted: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        rows = proposals_for(world.actors[key]).filter(consultant__provider=_provider(), **wanted)
        # The newest open one waits for the provider, the one before it for us.
        found: RateProposal = rows.order_by("pk" if name == "organise-rate" else "-pk")[0]
        own = {"provider": found.consultant.provider.code} if name.startswith("provider-") else {}
        return url(name, number=found.number, **own)

    return address


def _month(world: World) -> str:
    """A month in which something stands."""
    slot = Slot.objects.filter(consultant__provider=_provider()).order_by("-during")[0]
    return url("provider-calendar", provider=_provider().code) + f"?month={slot.during.lower:%Y-%m}"


def _presented(world: World) -> str:
    return url("organise-date-presenters", code=world.run.code)


def _review(_: World) -> str:
    return url("organise-review", number=ReviewRound.objects.filter(state="open")[0].number)


_WRONG = {"brokerage": "inclusive", "percent": "", "day_pence": "x", "travel": "included", "do": "counter", "seen": "1"}
PAGES: Pages = {
    "provider-rates": [
        Example(STAFF, "full", _own("provider-rates"), finds="Propose rates"),
        Example(CONSULTANT, "own", _own("provider-rates"), finds="Dana Whitlock"),
    ],
    "provider-rate-new": [
        Example(STAFF, "full", _own("provider-rate-new"), finds="Send this proposal"),
        Example(STAFF, "error", _own("provider-rate-new"), post=_WRONG, finds="Enter brokerage in percent"),
    ],
    "provider-rate": [
        Example(STAFF, "agreed", _proposal("provider-rate", STAFF, state="agreed"), finds="Every step"),
        Example(STAFF, "waiting", _proposal("provider-rate", STAFF, state="open"), finds="Propose otherwise"),
        Example(
            STAFF, "error", _proposal("provider-rate", STAFF, state="open"), post=_WRONG, finds="must be pounds and pence"
        ),
    ],
    "provider-calendar": [
        Example(STAFF, "full", _month, finds="Add time away"),
        Example(STAFF, "empty", _own("provider-calendar", "?month=2031-08"), finds="Nothing stands in August 2031"),
        Example(CONSULTANT, "own", _month, finds="taken"),
        Example(
            STAFF, "error", _own("provider-calendar"), post={"first": "31/2/27", "part": "all"}, finds="must be a real date"
        ),
    ],
    "organise-rates": [
        Example(ORGANISER, "full", _at("organise-rates"), finds="Dana Whitlock"),
        Example(FINANCE, "margin", _at("organise-rates", "?show=all"), finds="Margin"),
        Example(ORGANISER, "none match", _at("organise-rates", "?show=withdrawn"), finds="No proposals are like that"),
    ],
    "organise-rate": [
        Example(ORGANISER, "to answer", _proposal("organise-rate", ORGANISER, state="open"), finds="Agree these rates"),
        Example(FINANCE, "looking", _proposal("organise-rate", FINANCE, state="open"), finds="On the table"),
        Example(
            ORGANISER, "error", _proposal("organise-rate", ORGANISER, state="open"), post=_WRONG,
            finds="must be pounds and pence",
        ),
    ],
    "organise-reviews": [
        Example(ORGANISER, "full", _at("organise-reviews"), finds="Autumn reviews"),
        Example(FINANCE, "looking", _at("organise-reviews"), finds="Autumn reviews"),
        Example(ORGANISER, "error", _at("organise-reviews"), post={"title": ""}, finds="Enter the title"),
    ],
    "organise-review": [
        Example(ORGANISER, "open", _review, finds="Record days"),
        Example(ORGANISER, "error", _review, post={"do": "add", "giver": "Nowhere"}, finds="No organisation is called"),
    ],
    "organise-support": [
        Example(ORGANISER, "full", _at("organise-support"), finds="28,000.00"),
        Example(ORGANISER, "error", _at("organise-support"), post={"what": ""}, finds="Enter what it is"),
    ],
    "organise-date-presenters": [Example(ORGANISER, "full", _presented, finds="Save presenters")],
}  # fmt: skip
NOT_PAGES: dict[str, str] = {"provider-calendar-free": "a button that gives time away back"}
