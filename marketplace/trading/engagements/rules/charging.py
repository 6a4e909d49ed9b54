"""What one visit comes to, so that all visits of a booking come to its price: arithmetic alone, in pence before VAT.

A visit costs what the running total grows by: units so far with it × the price, rounded once half up, less the same without
it. Schools that share a booking each bear their part of the running total (largest remainder), less what they were charged
before. So nothing is rounded visit by visit, and the last visit makes it right.

| visits of £100.00, shared equally by three | first | second | third |
|---|---|---|---|
| parts of the running total | 33.34, 33.33, 33.33 | 66.67, 66.67, 66.66 | 100.00 each |
| charged for this visit | 33.34, 33.33, 33.33 | 33.33, 33.34, 33.33 | 33.33, 33.33, 33.34 |
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from marketplace.core.money import round_half_up, share_out
from marketplace.core.working_days import working_days_after, working_days_before


def grown_by(*, before: Decimal, quantity: Decimal, unit_pence: int) -> int:
    """What ``quantity`` more units add to the running total after ``before`` of them."""
    return round_half_up((before + quantity) * unit_pence) - round_half_up(before * unit_pence)


def parts_of(*, total: int, weights: Sequence[Decimal], charged: Sequence[int]) -> list[int]:
    """What each school bears now, where all were charged ``charged`` before and ``total`` is the running total now.

    Nobody gets anything back by a visit: where largest remainders would turn a part below nought, the largest other one
    bears the penny. The parts add up to ``total`` less what was charged.
    """
    parts = [now - before for now, before in zip(share_out(total, weights), charged, strict=True)]
    while (lowest := min(parts)) < 0:
        parts[parts.index(lowest)] = 0
        largest = parts.index(max(parts))
        parts[largest] += lowest
    return parts


def agree_by(*, written_on: date, accept_days: int) -> date:
    """The last day on which a school may answer: so many working days after the day on which it was written up."""
    return working_days_after(written_on, accept_days)


def reminder_days(*, written_on: date, accept_days: int) -> list[date]:
    """When a school that has not answered is reminded: at half time, and on the working day before the last."""
    last = agree_by(written_on=written_on, accept_days=accept_days)
    days = {working_days_after(written_on, max(1, accept_days // 2)), working_days_before(last, 1)}
    return sorted(day for day in days if written_on < day < last)
