"""Examples of the pages of visits and of margins, for frontend.pages."""

from collections.abc import Callable
from typing import Any

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.visit_models import Visit

BUYER, OFFICE, CONSULTANT = "buyer", "ridgeway", "consultant"
ORGANISER, OFFICER, AUDITOR = "organiser", "finance_officer", "auditor"
TITLE = "Reading across the school"


def _date(**which: Any) -> EngagementDate:
    dates = EngagementDate.objects.select_related("engagement").filter(engagement__title=TITLE, **which)
    return dates.order_by("ordinal")[0]


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _one(name: str, **which: Any) -> Callable[[World], str]:
    """The page of a date of the demonstration's booking that is like that."""

    def address(_: World) -> str:
        found = _date(**which)
        return url(name, number=found.engagement.number, ordinal=found.ordinal)

    return address


def _own(**which: Any) -> Callable[[World], str]:
    """The same for the school that booked it."""

    def address(world: World) -> str:
        found = _date(**which)
        return world.page(BUYER, "school-visit", number=found.engagement.number, ordinal=found.ordinal)

    return address


def _margin(_: World) -> str:
    return url("finance-margin", number=_date().engagement.number)


_DRAFT: dict[str, Any] = {"state": "planned", "visit__isnull": False}
_TO_ANSWER: dict[str, Any] = {"state": "queried", "visit__answered_on__isnull": True}
_TO_DECIDE: dict[str, Any] = {"state": "queried", "visit__answered_on__isnull": False}

PAGES: Pages = {
    "visits": [
        Example(OFFICE, "full", _at("visits"), finds="To write-up"),
        Example(CONSULTANT, "agreed", _at("visits", "?state=agreed"), finds="Agreed"),
    ],
    "visit": [
        Example(CONSULTANT, "draft", _one("visit", **_DRAFT), finds="What was done"),
        Example(
            CONSULTANT, "error", _one("visit", **_DRAFT), post={"do": "send", "done": "", "next_steps": ""},
            finds="Enter what was done",
        ),
        Example(OFFICE, "queried", _one("visit", **_TO_ANSWER), finds="Answer the query"),
        Example(OFFICE, "agreed", _one("visit", visit__state=Visit.State.AGREED), finds="Earned before VAT"),
    ],
    "school-visits": [
        Example(BUYER, "full", lambda world: world.page(BUYER, "school-visits"), finds="To agree"),
    ],
    "school-visit": [
        Example(BUYER, "to-agree", _own(state="written_up"), finds="No answer counts as agreed on"),
        Example(
            BUYER, "error", _own(state="written_up"), post={"do": "query", "reason": ""}, finds="Enter what is not right",
        ),
        Example(BUYER, "taken", _own(visit__state=Visit.State.TAKEN), finds="Nobody answered by"),
        Example(BUYER, "to-come", _own(state="planned", visit__isnull=True), finds="Nothing was written up yet"),
    ],
    "organise-visits": [
        Example(ORGANISER, "full", _at("organise-visits"), finds="With school"),
        Example(ORGANISER, "queried", _at("organise-visits", "?state=queried"), finds="To decide"),
    ],
    "organise-visit": [
        Example(ORGANISER, "to-decide", _one("organise-visit", **_TO_DECIDE), finds="Decide on the query"),
        Example(
            ORGANISER, "error", _one("organise-visit", **_TO_DECIDE), post={"quantity": "", "answer": ""},
            finds="Enter how much to charge",
        ),
    ],
    "finance-margins": [
        Example(OFFICER, "full", _at("finance-margins"), finds="Due to provider"),
        Example(AUDITOR, "auditor", _at("finance-margins", "?state=agreed"), finds="Due to provider"),
    ],
    "finance-margin": [
        Example(OFFICER, "full", _margin, finds="What they made"),
        Example(
            OFFICER, "error", _margin, post={"visit": "1", "amount": "", "reason": ""}, finds="Enter the amount before VAT",
        ),
    ],
}  # fmt: skip
