"""Whether a consultant may deliver on a day, until when, and what is missing. No ORM, no clock: facts in, answer out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Days = tuple[date, date | None]
"""Half-open days ``[from, to)``; without an end, for good."""


@dataclass(frozen=True)
class Shown:
    """A requirement with the days over which something accepted was shown for it."""

    label: str
    days: Sequence[Days]


@dataclass(frozen=True)
class Facts:
    """All that decides: when the consultant works there, what was decided, shown and suspended."""

    joined_on: date
    left_on: date | None
    accredited: Sequence[Days]
    required: Sequence[Shown]
    suspended: Sequence[tuple[Days, str]]


@dataclass(frozen=True)
class Standing:
    """``until`` is the first day on which they may no longer deliver as things stand; None where nothing ends it.

    ``missing`` says in sentences what keeps them from delivering; it is empty exactly when ``accredited``.
    """

    accredited: bool
    until: date | None
    missing: tuple[str, ...]


def standing(facts: Facts, on: date) -> Standing:
    """How the consultant stands on a day. Every source of an answer is half-open: the last day counts, the end does not."""
    missing: list[str] = []
    ends: list[date] = []
    here: Days = (facts.joined_on, facts.left_on)
    if not _covers(here, on):
        missing.append("They do not work for this provider on that day.")
    elif facts.left_on:
        ends.append(facts.left_on)
    for label, days in [("Accreditation", facts.accredited), *((one.label, one.days) for one in facts.required)]:
        covered, end = covered_until(days, on)
        if not covered:
            missing.append(_lapsed(label, days, on))
        elif end is not None:
            ends.append(end)
    for paused, words in facts.suspended:
        if _covers(paused, on):
            missing.append(words)
        elif paused[0] > on and paused[0] != paused[1]:
            ends.append(paused[0])
    return Standing(not missing, min(ends, default=None) if not missing else None, tuple(missing))


def covered_until(days: Sequence[Days], on: date) -> tuple[bool, date | None]:
    """Whether one of the periods covers the day, and on which day the last of those that touch ends (None: never)."""
    covering = [one for one in days if _covers(one, on)]
    if not covering:
        return False, None
    end: date | None = on
    while end is not None and (reaching := [one[1] for one in days if _covers(one, end)]):
        end = None if None in reaching else max(one for one in reaching if one is not None)
    return True, end


def _covers(days: Days, on: date) -> bool:
    return days[0] <= on and (days[1] is None or on < days[1])


def _lapsed(label: str, days: Sequence[Days], on: date) -> str:
    """What is missing: nothing was ever shown, it ended, or it begins later."""
    ended = [end for _, end in days if end is not None and end <= on]
    begins = [start for start, _ in days if start > on]
    if ended:
        return f"{label} ended before {max(ended):%-d %B %Y}."
    if begins:
        return f"{label} begins on {min(begins):%-d %B %Y}."
    return f"{label}: nothing accepted yet."
