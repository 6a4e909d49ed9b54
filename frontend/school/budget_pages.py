"""Examples of a school's own view: budget, year end, files for finance systems, its own codes. For frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from marketplace.trading.budget_queries import year_of, years_around

BUYER, TRUST = "buyer", "trust_finance"


def _page(name: str, key: str = BUYER, query: str = "", **more: str) -> Callable[[World], str]:
    return lambda world: world.page(key, name, **more) + query


def _this_year(name: str, key: str = BUYER, *, step: int = 1, **more: str) -> Callable[[World], str]:
    """Last year's page (step 0), this year's (1) or next year's (2)."""

    def path(world: World) -> str:
        year = years_around(world.buyer(key).organisation, timezone.localdate())[step]
        return f"{world.page(key, name, **more)}?year={year.start.isoformat()}"

    return path


def _codes(world: World) -> str:
    return world.page(BUYER, "school-line-codes", number=world.order(BUYER).number)


def _file(system: str) -> Callable[[World], str]:
    """This financial year for a system, with the page's own names of the dates."""

    def path(world: World) -> str:
        today = timezone.localdate()
        first = year_of(world.buyer(BUYER).organisation, today).start
        dates = "&".join(
            f"{name}_{part}={getattr(day, part)}"
            for name, day in (("first", first), ("last", today))
            for part in ("day", "month", "year")
        )
        return f"{world.page(BUYER, 'school-exports')}?system={system}&supplier=PARTNER1&{dates}"

    return path


PAGES: Pages = {
    "school-places-left": [
        Example(BUYER, "full", _page("school-places-left"), finds="Gold places"),
        Example(TRUST, "empty", _page("school-places-left", TRUST), finds="includes places"),
    ],
    "school-budget": [
        Example(BUYER, "full", _page("school-budget"), finds="By CFR code"),
        Example(TRUST, "trust", _page("school-budget", TRUST), finds="By school"),
        Example(BUYER, "empty", _this_year("school-budget", step=2), finds="Budget"),
    ],
    "school-budget-edit": [
        Example(BUYER, "full", _page("school-budget-edit"), finds="Save the budget"),
        Example(BUYER, "error", _page("school-budget-edit"), post={"new1": "5"}, finds="Enter the code of £5.00"),
    ],
    "school-budget-lines": [
        Example(BUYER, "full", _page("school-budget-lines"), finds="before VAT"),
        Example(TRUST, "trust", _page("school-budget-lines", TRUST, "?what=invoiced"), finds="Invoiced"),
    ],
    "school-year-end": [
        Example(BUYER, "full", _page("school-year-end"), finds="Ordered, not invoiced"),
        Example(TRUST, "trust", _page("school-year-end", TRUST), finds="Paid in advance"),
    ],
    "school-year-end-part": [
        Example(BUYER, "full", _page("school-year-end-part", part="ordered"), finds="Ordered by"),
        Example(
            TRUST,
            "in advance",
            _this_year("school-year-end-part", TRUST, step=0, part="in-advance"),
            finds="Invoiced by",
        ),
        Example(BUYER, "owed", _page("school-year-end-part", part="owed"), finds="in all"),
        Example(TRUST, "trust", _page("school-year-end-part", TRUST, part="owed"), finds="in all"),
    ],
    "school-exports": [
        Example(BUYER, "full", _page("school-exports"), finds="Check what it holds"),
        Example(BUYER, "checked", _file("sage"), finds="Download the file"),
        Example(BUYER, "error", _page("school-exports", BUYER, "?supplier=X"), finds="Choose your finance system"),
    ],
    "school-line-codes": [
        Example(BUYER, "full", _codes, finds="Save your codes"),
    ],
}

NOT_PAGES: dict[str, str] = {"school-export-file": "a file"}
