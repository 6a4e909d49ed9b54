"""What is matched of what a school spends, and on which days a plan is looked at. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.money import round_half_up
from marketplace.core.periods import Period, add_months
from marketplace.core.working_days import previous_working_day


def matched(*, spend: int, share: Decimal, most: int, left: int) -> int:
    """Pence that match ``spend`` pence, rounded once half up: at most ``most`` a school and what is ``left`` in all.

    | spend | share | most | left | matched |
    |---|---|---|---|---|
    | 400.00 | 0.5 | 1,000.00 | 5,000.00 | 200.00 |
    | 400.00 | 0.5 | 150.00 | 5,000.00 | 150.00 |
    | 99.99 | 0.5 | 1,000.00 | 5,000.00 | 50.00 |
    """
    return max(0, min(round_half_up(Decimal(spend) * share), most, left))


def review_days(term: Period, *, every_weeks: int) -> list[date]:
    """Every so many weeks from the first day, on the working day before where it is none; the last before the term's end."""
    if every_weeks < 1:
        raise ValueError("Plans are looked at every week at most")
    found, day = [], term.start + timedelta(weeks=every_weeks)
    while day < term.end:
        found.append(previous_working_day(day))
        day += timedelta(weeks=every_weeks)
    return sorted(set(found))


def month_ends(term: Period) -> list[Period]:
    """The calendar months that a term touches, each whole, the first and last cut at the term."""
    found, start = [], term.start
    while start < term.end:
        end = min(add_months(start.replace(day=1), 1), term.end)
        found.append(Period(start, end))
        start = end
    return found
