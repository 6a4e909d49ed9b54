"""When an invoiced line becomes income: pure rules, no database, no clock.

Recognition policy: income is what has been delivered. A promise kept over time becomes income month by month, one with
a day of delivery on that day, prepaid places and days as they are used or run out, what must be verified when it is.
Parts are dated the last day of their calendar month, the last one the last day of service. A service of whole calendar
months has equal shares, any other a share for its days in each month; both by largest remainder, earlier first on a tie.

| service | pence | parts |
|---|---|---|
| 1 April 2026 to 31 March 2027 | 761.00 | 8 × 63.42, then 4 × 63.41 |
| 16 April to 31 May 2026 (15 and 31 days) | 100.00 | 30 April 32.61, 31 May 67.39 |
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from marketplace.core.money import share_out
from marketplace.core.periods import Period, add_months

AT_ONCE, OVER_TIME, ON_DATE = "at_once", "over_time", "on_date"
ON_USE, ON_VERIFICATION = "on_use", "on_verification"
TOLD = (ON_USE, ON_VERIFICATION)  # income only when somebody says so
PATTERNS = {
    AT_ONCE: "When invoiced",
    OVER_TIME: "Month by month",
    ON_DATE: "On the day of delivery",
    ON_USE: "When used, or when it runs out",
    ON_VERIFICATION: "When verified",
}


class Part(NamedTuple):
    """One part of a schedule: ``id`` is opaque, ``service`` the days that it pays for, ``left`` the pence not taken back."""

    id: int
    service: Period | None
    left: int


def schedule(
    pattern: str, pence: int, service_from: date | None, service_to: date | None, issued_on: date
) -> list[tuple[date, int]]:
    """(day, pence) of each part, in the order of days; half-open service dates. Parts add up to ``pence``.

    Empty where nothing is deferred, and for what becomes income only when it is told. Parts of nothing are left out.
    """
    if pattern in TOLD or not deferred(pattern, service_from, service_to, issued_on):
        return []
    if service_from is None or service_to is None:  # never: without a service nothing of these patterns is deferred
        raise ValueError("A schedule needs a service")
    service = Period(service_from, service_to)
    if pattern == ON_DATE:
        return [(service.last_day, pence)]
    months = list(calendar_months(service))
    whole = service.start.day == 1 and service.end.day == 1
    weights = [1 if whole else month.days for month in months]
    shares = zip(months, share_out(pence, weights), strict=True)
    return [(month.last_day, share) for month, share in shares if share]


def deferred(pattern: str, service_from: date | None, service_to: date | None, issued_on: date) -> bool:
    """Whether any of a line invoiced on that day becomes income later.

    What is delivered by its last day of service is income at once, and so is what has no day of delivery. What is told
    is deferred from the start: use until it runs out, verification until it comes.
    """
    if pattern == AT_ONCE:
        return False
    if pattern == ON_VERIFICATION or (pattern == ON_USE and service_to is None):
        return True
    if service_from is None or service_to is None:
        return False
    return service_to - timedelta(days=1) > issued_on


def runs_out_on(pattern: str, service_to: date | None) -> date | None:
    """The last day on which something prepaid can be used; None where it never runs out."""
    return service_to - timedelta(days=1) if pattern == ON_USE and service_to else None


def calendar_months(service: Period) -> Iterator[Period]:
    """The service cut at the first of each month."""
    start = service.start
    while start < service.end:
        end = min(add_months(start.replace(day=1), 1), service.end)
        yield Period(start, end)
        start = end


def days_of_part(pattern: str, on: date, service: Period | None) -> Period | None:
    """The days that the part dated ``on`` of a schedule pays for; None for what was told."""
    if service is None or pattern in TOLD:
        return None
    if pattern == ON_DATE:
        return service
    return Period(max(on.replace(day=1), service.start), on + timedelta(days=1))


def take_back(parts: Sequence[Part], pence: int, service: Period | None = None) -> list[tuple[Part, int]]:
    """What a credit of ``pence`` takes from each part, parts that give nothing left out.

    With the dates of a service, the months that lie in it give first, a month that lies partly in it for its days; what
    they do not hold comes from the rest of those months, then from all others. Without dates every part gives in
    proportion to what is left of it. By largest remainder, so the sum is exact and no part gives more than it has.
    Refuses more than is left of all.
    """
    left = [part.left for part in parts]
    if pence > sum(left):
        raise ValueError(f"{pence} pence cannot be taken back from {sum(left)}")
    taken, wanted = [0] * len(parts), pence
    for most in _tiers(parts, service):
        room = [min(part.left, limit) - already for part, limit, already in zip(parts, most, taken, strict=True)]
        step = min(wanted, sum(room))
        if step:
            shares = share_out(step, room)
            taken = [already + share for already, share in zip(taken, shares, strict=True)]
            wanted -= step
    return [(part, share) for part, share in zip(parts, taken, strict=True) if share]


def _tiers(parts: Sequence[Part], service: Period | None) -> list[list[int]]:
    """How much each part may give at most in all: by its days in the service, then wholly if it touches it, then all."""
    everything = [part.left for part in parts]
    if service is None:
        return [everything]
    share = [_within(part, service) for part in parts]
    touched = [part.left if inside else 0 for part, inside in zip(parts, share, strict=True)]
    return [share, touched, everything]


def _within(part: Part, service: Period) -> int:
    """The pence of a part for its days in a service, rounded up; nothing where they do not meet."""
    if part.service is None or not part.service.overlaps(service):
        return 0
    days = (min(part.service.end, service.end) - max(part.service.start, service.start)).days
    return -(-part.left * days // part.service.days)
