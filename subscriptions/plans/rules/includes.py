"""What a subscription level includes, in words and checked. No database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marketplace.core.errors import WrongInput

MOST = 10_000
MOST_THINGS = 20


class Kind(StrEnum):
    """What can be included."""

    PLACES = "places"
    CONSULTANT_DAYS = "consultant_days"
    DOWNLOADS = "downloads"
    PERCENT_OFF_THEME = "percent_off_theme"
    NETWORK = "network"
    GROUP_DEAL = "group_deal"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def unit(self) -> str:
        """The unit of its allowance; empty where it is no allowance."""
        return {"places": "place", "consultant_days": "half_day", "downloads": "download"}.get(self.value, "")


_WORDS = {
    Kind.PLACES: "Places on courses",
    Kind.CONSULTANT_DAYS: "Consultant days",
    Kind.DOWNLOADS: "Downloads",
    Kind.PERCENT_OFF_THEME: "Percentage off a theme",
    Kind.NETWORK: "Network",
    Kind.GROUP_DEAL: "Group deal",
}
COUNTED = (Kind.PLACES, Kind.CONSULTANT_DAYS, Kind.DOWNLOADS)


@dataclass(frozen=True)
class Included:
    """One thing that is included. ``quantity`` counts places, downloads or half days; ``percent`` is taken off a theme."""

    kind: Kind
    quantity: int = 0
    percent: Decimal = Decimal(0)
    theme: str = ""
    network: str = ""
    deal: str = ""
    carry_most: int = 0

    @property
    def amount(self) -> str:
        """ "6", "2½ days", "10%", "yes": what stands in a comparison under its ``topic``."""
        if self.kind == Kind.CONSULTANT_DAYS:
            return days_words(self.quantity)
        if self.kind in COUNTED:
            return f"{self.quantity:,}"
        return f"{percent_words(self.percent)}" if self.kind == Kind.PERCENT_OFF_THEME else "Included"

    @property
    def topic(self) -> str:
        """The row of a comparison in which it stands."""
        if self.kind == Kind.PERCENT_OFF_THEME:
            return f"Off {self.theme}"
        if self.kind == Kind.NETWORK:
            return self.network
        return self.deal if self.kind == Kind.GROUP_DEAL else self.kind.words

    @property
    def words(self) -> str:
        """One line of what a school gets: "6 places on courses", "10% off Leadership"."""
        if self.kind == Kind.PLACES:
            return f"{self.quantity:,} place{'' if self.quantity == 1 else 's'} on courses"
        if self.kind == Kind.CONSULTANT_DAYS:
            return days_words(self.quantity).replace("day", "consultant day")
        if self.kind == Kind.DOWNLOADS:
            return f"{self.quantity:,} download{'' if self.quantity == 1 else 's'}"
        if self.kind == Kind.PERCENT_OFF_THEME:
            return f"{percent_words(self.percent)} off {self.theme}"
        return f"Network: {self.network}" if self.kind == Kind.NETWORK else f"Group deal: {self.deal}"


def days_words(halves: int) -> str:
    """ "2½ days" of five half days."""
    whole, half = divmod(halves, 2)
    if not whole:
        return "½ day" if half else "0 days"
    return f"{whole}{'½' if half else ''} day{'' if halves == 2 else 's'}"


def percent_words(percent: Decimal) -> str:
    return f"{percent.normalize():f}%"


def check_included(found: Sequence[Included]) -> None:
    """Refuses what cannot be included: nothing of something counted, a percentage beyond 100, the same thing twice."""
    if len(found) > MOST_THINGS:
        raise WrongInput(f"A level includes at most {MOST_THINGS} things")
    topics: set[str] = set()
    for one in found:
        _check(one)
        if one.topic in topics:
            raise WrongInput(f"{one.topic} stands twice. Put it on one line.")
        topics.add(one.topic)


def _check(one: Included) -> None:
    what = one.kind.words
    if one.kind in COUNTED and not 1 <= one.quantity <= MOST:
        raise WrongInput(f"{what}: how many must be from 1 to {MOST:,}")
    if one.kind not in COUNTED and one.quantity:
        raise WrongInput(f"{what} is not counted")
    if one.kind == Kind.PERCENT_OFF_THEME and not (0 < one.percent <= 100 and one.theme):
        raise WrongInput("A percentage off a theme must be more than 0 and at most 100, and name the theme")
    if one.kind == Kind.NETWORK and not one.network:
        raise WrongInput("A network must be named")
    if one.kind == Kind.GROUP_DEAL and not one.deal:
        raise WrongInput("A group deal must be named")
    if not 0 <= one.carry_most <= one.quantity:
        raise WrongInput(f"{what}: no more can be carried over than is included")


_UNIT_WORDS = {
    "place": Kind.PLACES,
    "places": Kind.PLACES,
    "consultant day": Kind.CONSULTANT_DAYS,
    "consultant days": Kind.CONSULTANT_DAYS,
    "download": Kind.DOWNLOADS,
    "downloads": Kind.DOWNLOADS,
}
_LINE = re.compile(r"^([0-9]{1,5}(?:\.[05])?) ([a-z ]+?)(?:, carry ([0-9]{1,5}(?:\.[05])?))?$", re.IGNORECASE)
_OFF = re.compile(r"^([0-9]{1,3}(?:\.[0-9]{1,2})?)% off (.+)$", re.IGNORECASE)


def read_included(text: str) -> list[Included]:
    """What a level includes, one thing on each line, as ``written`` writes it. Raises WrongInput with the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_read(" ".join(line.split()), number))
    check_included(found)
    return found


def _read(line: str, number: int) -> Included:
    name, _, rest = line.partition(": ")
    if rest and name.lower() in ("network", "group deal"):
        return (
            Included(Kind.NETWORK, network=rest) if name.lower() == "network" else Included(Kind.GROUP_DEAL, deal=rest)
        )
    if match := _OFF.match(line):
        return Included(Kind.PERCENT_OFF_THEME, percent=Decimal(match[1]), theme=match[2])
    match = _LINE.match(line)
    kind = _UNIT_WORDS.get(match[2].lower().removesuffix(" on courses")) if match else None
    if match is None or kind is None:
        raise WrongInput(
            f"Line {number} must be like: 6 places, carry 2 · 2.5 consultant days · 10 downloads · "
            "10% off Leadership · Network: SENCO · Group deal: Energy"
        )
    units = [Decimal(match[1]), Decimal(match[3] or 0)]
    if kind == Kind.CONSULTANT_DAYS:
        units = [one * 2 for one in units]
    if any(one != int(one) for one in units):
        raise WrongInput(f"Line {number}: {kind.words.lower()} must be whole")
    return Included(kind, int(units[0]), carry_most=int(units[1]))


def written(one: Included) -> str:
    """The line of a form that reads as this thing."""
    if one.kind not in COUNTED:
        return one.words
    quantity, carried, unit = Decimal(one.quantity), Decimal(one.carry_most), one.kind.value.replace("_", " ")
    if one.kind == Kind.CONSULTANT_DAYS:
        quantity, carried = quantity / 2, carried / 2
    return f"{quantity:f} {unit}" + (f", carry {carried:f}" if carried else "")
