"""What the facts of an offer consist of, and what many offers share: policies, reasons, codes, shapes of price."""

from dataclasses import dataclass, field
from typing import Any

Rule = dict[str, Any]

# Cancellation, in the shapes that providers of the field use.
FOUR_WORKING_DAYS: Rule = {"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}
FIFTEEN_DAYS: Rule = {
    "free_until": {"count": 15, "days": "calendar"},
    "steps": [{"until": {"count": 7, "days": "calendar"}, "percent": "50"}],
    "then_percent": "100",
}
EIGHT_DAYS: Rule = {"free_until": {"count": 8, "days": "calendar"}, "then_percent": "100"}
FOUR_WEEKS: Rule = {
    "free_until": {"count": 28, "days": "calendar"},
    "steps": [{"until": {"count": 14, "days": "calendar"}, "percent": "50"}],
    "then_percent": "100",
}
TEN_WORKING_DAYS: Rule = {"free_until": {"count": 10, "days": "working"}, "then_percent": "50"}

ELIGIBLE = "Training by an eligible body (VAT Act 1994, Schedule 9, Group 6)"
TUITION = "Tuition in a school subject by an eligible body (VAT Act 1994, Schedule 9, Group 6)"
PRINTED = "Printed books (VAT Act 1994, Schedule 8, Group 3)"

# What is sold → code of the consistent financial reporting return, code of the academies' accounts return.
CODES = {
    "E09": "BAE090", "E12": "BAE120", "E13": "BAE120", "E14": "BAE130", "E19": "BAE200", "E20A": "BAE210",
    "E20C": "BAE210", "E20D": "BAE280", "E20G": "BAE210", "E22": "BAE280", "E25": "BAE250", "E27": "BAE230",
    "E28a": "BAE300",
}  # fmt: skip


@dataclass(frozen=True)
class RunFacts:
    """A course date: days from today, its shape (``LENGTHS``), mode, venue and places; of several meetings, how many and
    how many days apart."""

    days: int
    shape: str
    mode: str
    venue: str
    places: int
    meetings: int = 1
    apart: int = 7


@dataclass(frozen=True)
class OfferFacts:
    """An offer as data; with an empty ``vat`` the VAT rules decide. ``prices`` has a rule for each of ``any``, ``member``, ``associate``, ``non_member``."""

    code: str
    title: str
    summary: str
    provider: str
    themes: list[str]
    prices: dict[str, Rule]
    cfr: str
    supply: str = "other"
    vat: str = "S"
    reason: str = ""
    kind: str = "service"
    description: str = ""
    phases: list[str] = field(default_factory=list)
    cancellation: Rule = field(default_factory=lambda: TEN_WORKING_DAYS)
    runs: list[RunFacts] = field(default_factory=list)
    term_months: int | None = None


# Minutes after midnight at which a meeting begins and how many it lasts.
LENGTHS = {
    "day": (9 * 60 + 30, 360),
    "morning": (9 * 60 + 15, 180),
    "afternoon": (13 * 60, 150),
    "twilight": (16 * 60, 90),
    "evening": (18 * 60, 120),
}
_MODES = {"F": "face_to_face", "O": "online", "H": "hybrid"}
VENUES = {
    "L": "Lantern Street Centre, Tidewell",
    "Q": "Quayside Rooms, Netherquay",
    "U": "University of Wellshire, Marrambridge",
    "B": "Beaconsea High School, Breckhythe",
    "-": "",
}


def per_place(member: str, associate: str, other: str, *, second_less: str = "") -> dict[str, Rule]:
    """A price for each place by class, with a discount from the second place on where one is given."""
    more: Rule = {"nth": {"from": 2, "less": second_less}} if second_less else {}
    return {
        "member": {"rate": member, "per": "quantity", **more},
        "associate": {"rate": associate, "per": "quantity", **more},
        "non_member": {"rate": other, "per": "quantity", **more},
    }


def for_all(rule: Rule) -> dict[str, Rule]:
    """One price for everybody."""
    return {"any": rule}


def by_class(member: Rule, other: Rule) -> dict[str, Rule]:
    """A price for members, and one for everybody else."""
    return {"member": member, "any": other}


def by_unit(unit: str, units: str, *, member: str, other: str) -> dict[str, Rule]:
    """A price for each of something that is ordered, such as a day, cheaper for members."""
    words = {"per": "quantity", "unit": unit, "units": units}
    return by_class({"rate": member, **words}, {"rate": other, **words})


def dates(text: str) -> list[RunFacts]:
    """``-120 day F L 24 | 35 twilight O - 60 x3/14``: days from today, shape, mode, venue, places; three meetings, each
    fourteen days after the one before."""
    found = []
    for part in text.split("|"):
        days, shape, mode, venue, places, *series = part.split()
        meetings, apart = series[0].removeprefix("x").split("/") if series else ("1", "7")
        found.append(RunFacts(int(days), shape, _MODES[mode], VENUES[venue], int(places), int(meetings), int(apart)))
    return found


def course(
    code: str,
    title: str,
    provider: str,
    themes: list[str],
    prices: dict[str, Rule],
    runs: str,
    summary: str,
    **more: Any,
) -> OfferFacts:
    """Training by an eligible body unless told otherwise."""
    values: dict[str, Any] = {
        "kind": "course", "supply": "training", "vat": "E", "reason": ELIGIBLE, "cfr": "E09",
        "cancellation": FOUR_WORKING_DAYS,
    } | more  # fmt: skip
    return OfferFacts(code, title, summary, provider, themes, prices, runs=dates(runs), **values)
