"""What a price may depend on: facts about the buyer, handed in by the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.rules.classes import PriceClass
from marketplace.core.errors import WrongInput

Fact = str | bool | Decimal | list[str]

MAX_COUNT = Decimal(1_000_000)


@dataclass(frozen=True)
class Counted:
    """Pupils on roll, by whom counted and when."""

    pupils: int
    source: str
    counted_on: date

    @property
    def words(self) -> str:
        """``October 2025 census`` for a census, otherwise the source and its date."""
        if "census" in self.source.lower():
            return f"{self.counted_on:%B %Y} census"
        return f"{self.source}, {self.counted_on.day} {self.counted_on:%B %Y}"


@dataclass(frozen=True)
class TrustCount:
    """Pupils of all schools of a trust on a day: the sum of each school's latest count. ``counts`` are those counts.

    Where somebody states the total alone, ``trust`` is empty and there is one count.
    """

    trust: str
    counts: tuple[Counted, ...]

    @property
    def pupils(self) -> int:
        return sum(count.pupils for count in self.counts)

    @property
    def words(self) -> str:
        """``sum of 3 schools of Fenland Trust, October 2025 census`` (``counted … to …`` where they differ)."""
        if not self.trust:
            return self.counts[0].words
        of = f"sum of {len(self.counts)} school{'' if len(self.counts) == 1 else 's'} of {self.trust}"
        sources = {count.words for count in self.counts}
        if len(sources) == 1:
            return f"{of}, {sources.pop()}"
        days = sorted(count.counted_on for count in self.counts)
        return f"{of}, counted {days[0]:%-d %B %Y} to {days[-1]:%-d %B %Y}"


@dataclass(frozen=True)
class IncludedPlaces:
    """Places, or downloads, that a subscription includes: ``left`` of ``granted`` may still be used without a charge.

    ``allowance`` names where they are kept, None where the caller says so as a fact. ``most`` is how many of them are to
    be used, as many as can be unless said. ``unit`` has its words for one and for several; ``whole`` says that one of them
    pays for the whole, however it is priced.
    """

    name: str
    left: int
    granted: int
    allowance: int | None = None
    most: int | None = None
    unit: tuple[str, str] = ("place", "places")
    whole: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.left <= self.granted:
            raise ValueError(f"{self.left} of {self.granted} included places cannot be left")

    def used_for(self, places: int) -> int:
        """How many of ``places`` come from them."""
        return min(self.left, places, places if self.most is None else self.most)


@dataclass(frozen=True)
class ThemeOff:
    """A percentage that a subscription ``level`` takes off what belongs to a theme."""

    level: str
    theme: str
    percent: Decimal

    @property
    def words(self) -> str:
        """ "Gold: 10% off Leadership"."""
        return f"{self.level}: {self.percent.normalize():f}% off {self.theme}"


@dataclass(frozen=True)
class FundedShare:
    """The part of a price that a funder pays under a contract of its own, in percent of what is left to pay.

    ``package`` says where its units are kept, ``left`` how many the buyer may still draw; it pays for all that is asked or
    for nothing. ``name`` is empty where the package must not be named.
    """

    payer: str
    percent: Decimal
    package: int
    left: Decimal
    name: str = ""

    @property
    def words(self) -> str:
        """ "Tidewell Borough Council pays 50% (Inclusion days)"."""
        paid = "all" if self.percent == 100 else f"{self.percent.normalize():f}%"
        return f"{self.payer} pays {paid}{f' ({self.name})' if self.name else ''}"


ThemesOff = Mapping[int, Mapping[str, ThemeOff]]
"""What is taken off for each school, by its id, and each theme in small letters."""


def best_off(themes: Sequence[str], off: Mapping[str, ThemeOff]) -> ThemeOff | None:
    """The highest percentage off any of the themes, the first of equals; percentages are never added up."""
    found = [off[theme.casefold()] for theme in themes if theme.casefold() in off]
    return max(found, key=lambda one: one.percent, default=None)


@dataclass(frozen=True)
class BuyerFacts:
    """Facts of record (class, phase, pupils, those of the trust) and those that the buyer stated (staff, a role, a choice).

    A stated fact never overrides one of record.
    """

    price_class: PriceClass
    phase: str = ""
    pupils: Counted | None = None
    trust_pupils: TrustCount | None = None
    term_years: int | None = None
    stated: Mapping[str, Fact] = field(default_factory=dict)

    def get(self, name: str) -> Fact | None:
        """The fact of that name, or None when it is not known."""
        if name == "price_class":
            return self.price_class.code
        if name == "phase":
            return self.phase or None
        if name == "pupils":
            return Decimal(self.pupils.pupils) if self.pupils else None
        if name == "trust_pupils":
            return Decimal(self.trust_pupils.pupils) if self.trust_pupils else None
        if name == "term_years" and self.term_years:
            return Decimal(self.term_years)
        return self.stated.get(name)


OF_RECORD = frozenset({"price_class", "phase", "pupils", "trust_pupils", "quantity"})


def read_stated(raw: Mapping[str, Any]) -> dict[str, Fact]:
    """Stated facts as they come from a form or from JSON.

    They are whole numbers, decimal strings, words, yes or no, lists of words; empty ones are left out.
    Refuses floats, negative and absurd figures.
    """
    return {name: _read(name, value) for name, value in raw.items() if value not in (None, "", [])}


def _read(name: str, value: Any) -> Fact:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        raise WrongInput(f"The {words} must be given as a whole number or as text, like 2.5")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    if isinstance(value, int | Decimal) or (isinstance(value, str) and _is_number(value)):
        number = Decimal(value)
        if not number.is_finite() or not 0 <= number <= MAX_COUNT:
            raise WrongInput(f"The {words} must be between 0 and {MAX_COUNT:,}")
        return number
    if isinstance(value, str):
        return value
    raise WrongInput(f"The {words} must be a number, a word or a list of words")


def _is_number(text: str) -> bool:
    text = text.strip()
    return text.isascii() and text.lstrip("-").replace(".", "", 1).isdigit()
