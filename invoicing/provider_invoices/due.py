"""When providers are paid: once a month, on the 25th or the working day before it."""

from datetime import date

from marketplace.core.periods import add_months
from marketplace.core.working_days import previous_working_day

PAYMENT_DAY = 25


def payment_day(on: date) -> date:
    """The first payment day on or after ``on``.

    | on | payment day |
    |---|---|
    | 1 September 2026 | Friday 25 September 2026 |
    | 26 September 2026 | Friday 23 October 2026 (the 25th is a Sunday) |
    """
    day = previous_working_day(on.replace(day=PAYMENT_DAY))
    return day if day >= on else previous_working_day(add_months(on.replace(day=1), 1).replace(day=PAYMENT_DAY))
