"""What comes back when days of charged periods are given up, and what of it pays for what follows. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.agreements.rules.schedule import Due
from subscriptions.agreements.rules.sharing import given_up


@dataclass(frozen=True)
class Standing:
    """A billing period as it stands, at a VAT rate. What was carried pays only for the same ``supply``."""

    id: int
    line_id: int
    slot: int
    title: str
    base: Period
    base_pence: int
    start: date
    end: date
    pence: int
    carried: int
    kept: int
    charged: bool
    rate: Decimal
    supply: tuple[object, ...]

    @property
    def has_days(self) -> bool:
        return self.end > self.start


@dataclass(frozen=True)
class Cut:
    """A period that ends on ``end`` from now on: ``freed`` pence of it are no longer due, ``kept`` stay although no day has them."""

    of: Standing
    end: date
    freed: int
    kept: int

    @property
    def rest(self) -> Period:
        """The days that are given up."""
        return Period(self.end, self.of.end)

    @property
    def released(self) -> int:
        """What was charged and is no longer due: of a planned period what was carried into it beyond what is left of it."""
        if self.of.charged:
            return self.freed
        return max(0, self.of.carried - (self.of.pence - self.freed + self.of.kept))


def cut(standings: Iterable[Standing], at: date, how: Prorate | None, *, credit_from: date | None = None) -> list[Cut]:
    """Ends every period at ``at`` that has days from then on.

    What the days from ``credit_from`` on (``at`` unless said) cost comes back as ``how`` says; what lies between stays due:
    notice that came late. Of what was charged, here or carried from what was there before, nothing comes back in full,
    nor where ``how`` is None; what was only planned for later is not asked for any more in any case.
    """
    found = []
    for one in standings:
        if not one.has_days or one.end <= at:
            continue
        end = max(at, one.start)
        lost = _cost(one, Period(end, one.end), how)
        since = max(credit_from or at, end)
        keeps = how in (None, Prorate.FULL) and (one.charged or (how is not None and one.start < at))
        freed = 0 if keeps or since >= one.end else min(lost, _cost(one, Period(since, one.end), how))
        if how in (None, Prorate.FULL) and not one.charged:
            freed = min(freed, max(0, one.pence + one.kept - one.carried))
        found.append(Cut(one, end, freed, lost - freed))
    return found


def _cost(one: Standing, rest: Period, how: Prorate | None) -> int:
    """What the end of a period costs; all of it where the whole period is given up."""
    if rest.start <= one.start:
        return one.pence
    by = how if how in (Prorate.MONTHS, Prorate.DAYS) else Prorate.MONTHS
    return min(one.pence, given_up(one.base_pence, one.base, rest, by))


def days_left(standings: Iterable[Standing], cuts: Iterable[Cut] = ()) -> list[tuple[date, date]]:
    """The days ``[from, to)`` that periods still have, after what ends."""
    ends = {one.of.id: one.end for one in cuts}
    return [(one.start, ends.get(one.id, one.end)) for one in standings]


@dataclass(frozen=True)
class Planned:
    """A period to come: what it costs, and how much of that was charged already."""

    due: Due
    carried: int = 0

    @property
    def to_charge(self) -> int:
        return self.due.pence - self.carried


def carry(freed: int, dues: Sequence[Due]) -> tuple[list[Planned], int]:
    """Sets what was freed against what follows, the earliest first; returns it and what is left to give back."""
    planned = []
    for due in dues:
        taken = min(freed, due.pence)
        planned.append(Planned(due, taken))
        freed -= taken
    return planned, freed


def released(cuts: Iterable[Cut]) -> int:
    """What was charged and is no longer due: it pays for what follows, or comes back."""
    return sum(one.released for one in cuts)
