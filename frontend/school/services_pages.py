"""Examples of the pages about what a school has agreed for a term, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from subscriptions.agreements.models import Agreement
from subscriptions.queries import agreements_for

BUYER, HEAD, TRUST = "buyer", "head", "trust_finance"


def _found(world: World, title: str, state: str) -> Agreement:
    found = agreements_for(world.actors[BUYER]).filter(title=title, state=state)
    return found.earliest("pk")


def _at(page: str, title: str, state: str = "active", **more: str) -> Callable[[World], str]:
    return lambda world: world.page(BUYER, page, number=_found(world, title, state).number, **more)


def _renewals(world: World) -> str:
    ends = _found(world, "Clerking of governors", "active").term_to
    return world.page(BUYER, "school-renewals", year=ends.year)


PAGES: Pages = {
    "school-services": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-services"), finds="Premises advice"),
        Example(TRUST, "trust", lambda w: w.page(TRUST, "school-services"), finds="Estates helpdesk"),
        Example(BUYER, "ended", lambda w: w.page(BUYER, "school-services") + "?show=ended", finds="ended"),
    ],
    "school-service": [
        Example(BUYER, "running", _at("school-service", "Clerking of governors"), finds="What is charged and when"),
        Example(BUYER, "offered", _at("school-service", "Premises advice", "offered"), finds="Whole term"),
        Example(BUYER, "notice", _at("school-service", "Minibus checks"), finds="Notice given"),
    ],
    "school-service-accept": [
        Example(
            BUYER, "full", _at("school-service-accept", "Premises advice", "offered"), finds="over the whole term"
        ),
        Example(
            BUYER, "error", _at("school-service-accept", "Premises advice", "offered"), post={"expected": "1"},
            finds="Nothing was agreed",
        ),
    ],
    "school-service-decline": [
        Example(BUYER, "full", _at("school-service-decline", "Premises advice", "offered"), finds="Nothing is charged"),
        Example(
            BUYER, "error", _at("school-service-decline", "Premises advice", "offered"), post={"reason": "x" * 241},
            finds="There is a problem",
        ),
    ],
    "school-service-change": [
        Example(
            BUYER, "notice", _at("school-service-change", "Clerking of governors", do="notice"), finds="Give notice"
        ),
        Example(BUYER, "end", _at("school-service-change", "Clerking of governors", do="end"), finds="See what changes"),
    ],
    "school-renewals": [
        Example(BUYER, "full", _renewals, finds="Keep all 2"),
        Example(BUYER, "empty", lambda w: w.page(BUYER, "school-renewals", year=2190), finds="Nothing that you have agreed"),
    ],
}  # fmt: skip
