"""When an order may be invoiced, by its buyer's choice: pure.

A VAT invoice is due within 30 days of the supply, and one within 14 days of it becomes the tax point (VAT Act 1994,
s6(5); VAT Regulations 1995, SI 1995/2518, reg. 13). So a buyer may put the invoice off until 14 days after the first
thing is supplied, and never by more than twelve months.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.core.periods import add_months

DAYS_AFTER_SUPPLY = timedelta(days=14)
MOST_MONTHS = 12


@dataclass(frozen=True)
class InvoiceDates:
    """The days on which an order may be invoiced, ``first`` and ``last`` included.

    ``supplied`` is the day on which the first thing of the order is supplied. ``last`` before ``first`` means that there
    is nothing to choose: the order is invoiced as soon as possible.
    """

    first: date
    last: date
    supplied: date

    @property
    def choice(self) -> bool:
        """Whether a later day than the first may be chosen."""
        return self.last > self.first

    @property
    def on_delivery(self) -> date | None:
        """The day of delivery where it can be chosen: it lies ahead, and not too far."""
        return self.supplied if self.first < self.supplied <= self.last else None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= max(self.first, self.last)


def usual_day(*, term_months: int | None, begins: date | None, on: date) -> date:
    """When a line is invoiced unless its buyer chooses: a term that begins later when it begins, all else at once."""
    return begins if term_months is not None and begins is not None and begins > on else on


def invoice_dates(supplied: Iterable[date | None], *, on: date) -> InvoiceDates:
    """The choice for an order made on a day, from the first day of supply of each of its lines.

    A course counts by its first day, a service by its first day, and what has no day (None) by the day of ordering.

    | ordered on 1 September 2026 | from | to |
    |---|---|---|
    | a course on 24 March 2027 | 1 September 2026 | 7 April 2027 |
    | a service from 1 April 2027 and that course | 1 September 2026 | 7 April 2027 |
    | a service from 1 April 2028 | 1 September 2026 | 1 September 2027 |
    | an adviser's day without a date | 1 September 2026 | 15 September 2026 |
    """
    first = min((day or on for day in supplied), default=on)
    return InvoiceDates(on, min(first + DAYS_AFTER_SUPPLY, add_months(on, MOST_MONTHS)), first)
