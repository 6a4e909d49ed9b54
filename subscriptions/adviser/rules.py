"""Which subscription level would have cost least, given what a school bought over a period. No database, no clock.

For each level: its price, plus what would still have been paid for what it does not include.

| what was bought | what is paid with the level |
|---|---|
| 9 places, the level includes 6 | 3 of 9 of what 9 places cost at the level's price class |
| theme with 10% off | the same less 10%, rounded half up to a penny once for each purchase |
| neither included nor reduced | its price at the level's price class |

What is included is used in the order in which it was bought, as when booking. All pence are before VAT.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalogue.rules.classes import PriceClass
from marketplace.core.money import Money
from subscriptions.allowances.rules.units import amount, counted


@dataclass(frozen=True)
class Bought:
    """One purchase: ``units`` of ``unit`` (a day is two half days; empty where nothing can include it).

    ``paid_pence`` is what was paid; ``at`` what all of it costs at a price class on that day. Where a class has no price
    there, what it costs is taken to be ``usual_pence``.
    """

    on: date
    what: str
    units: int
    unit: str
    paid_pence: int
    usual_pence: int
    themes: tuple[str, ...] = ()
    at: Mapping[PriceClass, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Level:
    """A level as one school would have it for a year: its price, what it includes, percent off by theme."""

    code: str
    name: str
    price_pence: int
    price_class: PriceClass
    includes: Mapping[str, int] = field(default_factory=dict)
    percent_off: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One purchase under a level: so many units included, the rest at ``class_pence``, less ``off_pence``."""

    bought: Bought
    included: int
    class_pence: int
    off_pence: int
    theme: str = ""
    percent: Decimal = Decimal(0)

    @property
    def pence(self) -> int:
        return self.class_pence - self.off_pence


@dataclass(frozen=True)
class Outcome:
    """What a level would have cost in all. ``used`` of what it includes by unit; ``saving_pence`` below nought is dearer."""

    level: Level
    lines: tuple[Line, ...]
    used: Mapping[str, int]
    paid_pence: int

    @property
    def rest_pence(self) -> int:
        return sum(line.pence for line in self.lines)

    @property
    def total_pence(self) -> int:
        return self.level.price_pence + self.rest_pence

    @property
    def saving_pence(self) -> int:
        return self.paid_pence - self.total_pence

    @property
    def sentences(self) -> tuple[str, ...]:
        """The working, so that it can be done again by hand."""
        return tuple(_working(self))


@dataclass(frozen=True)
class Advice:
    """Every level, the cheapest first; of two that cost the same the cheaper level. ``paid_pence`` is what was paid in all."""

    outcomes: tuple[Outcome, ...]
    bought: tuple[Bought, ...]
    paid_pence: int

    @property
    def best(self) -> Outcome | None:
        return self.outcomes[0] if self.bought and self.outcomes else None

    @property
    def included_free(self) -> bool:
        """Whether some of it cost nothing: what was included already, or free."""
        return any(not one.paid_pence and one.usual_pence for one in self.bought)

    @property
    def finding(self) -> str:
        """The answer in a sentence."""
        if self.best is None:
            return ""
        of = self.best.level.name if self.best.level.code else f"{self.best.level.name} it"
        if self.best.saving_pence < 0:
            return f"Nothing would have cost less than was paid. {of} would have cost least: {Money(self.best.total_pence)}"
        return f"{of} would have cost least: {Money(self.best.total_pence)}, {_against(self.best.saving_pence)}"


def advise(*, bought: Sequence[Bought], levels: Sequence[Level], subscribed_pence: int = 0) -> Advice:
    """What each level would have cost for these purchases, against what was paid for them and for a level."""
    in_order = tuple(sorted(bought, key=lambda one: one.on))
    paid = subscribed_pence + sum(one.paid_pence for one in in_order)
    outcomes = [_outcome(level, in_order, paid) for level in levels]
    outcomes.sort(key=lambda one: (one.total_pence, one.level.price_pence, one.level.name))
    return Advice(tuple(outcomes), in_order, paid)


def _outcome(level: Level, bought: Sequence[Bought], paid_pence: int) -> Outcome:
    left, lines = dict(level.includes), []
    for one in bought:
        included = min(one.units, left.get(one.unit, 0))
        left[one.unit] = left.get(one.unit, 0) - included
        lines.append(_line(level, one, included))
    used = {unit: units - left[unit] for unit, units in level.includes.items()}
    return Outcome(level, tuple(lines), used, paid_pence)


def _line(level: Level, one: Bought, included: int) -> Line:
    whole = one.at.get(level.price_class, one.usual_pence)
    charged = _half_up(whole * (one.units - included), one.units) if one.units else whole
    percents = {theme.casefold(): percent for theme, percent in level.percent_off.items()}
    fitting = [(percents[theme.casefold()], theme) for theme in one.themes if theme.casefold() in percents]
    percent, theme = max(fitting, default=(Decimal(0), ""))
    off = int((charged * percent / 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    return Line(one, included, charged, off, theme if off else "", percent)


def _working(outcome: Outcome) -> list[str]:
    level, said = outcome.level, []
    if level.code:
        said.append(f"{level.name} for a year: {Money(level.price_pence)}.")
    for unit, units in level.includes.items():
        used = outcome.used[unit]
        unused = f"; {amount(units - used, unit)} would have been left" if used < units else ""
        said.append(f"{amount(used, unit)} of {counted(units, unit)} included would have been used{unused}.")
    said.append(f"The rest at the price for {_buyer(level.price_class)}: {Money(_charged(outcome))}.")
    offs: dict[tuple[str, Decimal], int] = {}
    for line in outcome.lines:
        if line.off_pence:
            offs[line.theme, line.percent] = offs.get((line.theme, line.percent), 0) + line.off_pence
    said += [
        f"{percent.normalize():f}% off {theme}: {Money(-pence)}." for (theme, percent), pence in sorted(offs.items())
    ]
    price = f"{Money(level.price_pence)} + " if level.code else ""
    end = (
        f"{price}{Money(outcome.rest_pence)} = {Money(outcome.total_pence)}"
        if level.code
        else f"{Money(outcome.rest_pence)}"
    )
    said.append(f"{end}, {_against(outcome.saving_pence)}.")
    return said


def _charged(outcome: Outcome) -> int:
    return sum(line.class_pence for line in outcome.lines)


def _buyer(price_class: PriceClass) -> str:
    return (
        f"{price_class.words}s"
        if price_class.words in ("member", "associate", "non-member")
        else f"{price_class.words} buyers"
    )


def _against(saving_pence: int) -> str:
    if not saving_pence:
        return "as much as was paid"
    return f"{Money(abs(saving_pence))} {'less' if saving_pence > 0 else 'more'} than was paid"


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
