"""Examples of the pages about what a school's subscription includes, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World

BUYER, TRUST = "buyer", "trust_finance"


def _at(name: str, key: str = BUYER, query: str = "") -> Callable[[World], str]:
    return lambda world: world.page(key, name) + query


PAGES: Pages = {
    "school-which-level": [
        Example(BUYER, "full", _at("school-which-level"), finds="would have cost least"),
        Example(BUYER, "school-year", _at("school-which-level", query="?period=school_year"), finds="last school year"),
    ],
}
