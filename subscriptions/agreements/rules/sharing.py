"""What a part of a priced period costs, so that the parts of one period always add up to its price.

| Price of a year | part | by months | by days |
|---|---|---|---|
| £3,600.00 from April | September to March | 7/12: £2,100.00 | 212/365: £2,090.96 |
| £2,000.00 from September | from 1 February | 7/12: £1,166.67 | 212/365: £1,161.64 |

Every boundary has one running total, rounded half up to a penny; a part is the difference of two. A started month counts
whole, for the part that covered its first agreed day.
"""

from collections.abc import Iterable
from datetime import date

from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import Prorate


def _months(base: Period, day: date, *, up: bool) -> int:
    """Whole months of the base before the day; ``up``: a started one counts too."""
    found = (day.year - base.start.year) * 12 + day.month - base.start.month
    while found > 0 and add_months(base.start, found) > day:
        found -= 1
    return found + 1 if up and add_months(base.start, found) < day else found


def _before(base: Period, day: date, how: Prorate, *, up: bool) -> int:
    if how == Prorate.DAYS:
        return (day - base.start).days
    return _months(base, day, up=up)


def share(pence: int, base: Period, part: Period, how: Prorate, *, fresh: bool = True) -> int:
    """What ``part`` of ``base`` costs in pence where the base costs ``pence``.

    ``fresh`` is where nothing was agreed earlier in the month in which the part begins: then that month is paid whole.
    Otherwise that month is paid for already. In full, a fresh part costs the whole and any other nothing.
    """
    if how == Prorate.FULL:
        return pence if fresh else 0
    whole = _before(base, base.end, how, up=True)
    until = _half_up(pence * _before(base, part.end, how, up=True), whole)
    return until - _half_up(pence * _before(base, part.start, how, up=not fresh), whole)


def begins_month(base: Period, start: date, covered: Iterable[tuple[date, date]]) -> bool:
    """Whether nothing was agreed in the base's month before ``start``; ``covered`` are days ``[from, to)`` of the same slot."""
    month = add_months(base.start, _months(base, start, up=False))
    return not any(first < min(last, start) and last > month for first, last in covered)


def given_up(pence: int, base: Period, rest: Period, how: Prorate) -> int:
    """What is no longer due where ``rest``, the end of a part that is charged, is given up. In full: nothing."""
    return 0 if how == Prorate.FULL else share(pence, base, rest, how, fresh=False)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
