"""The days of the year that ends today: when invoices are issued, statements come and agreements begin."""

from dataclasses import dataclass
from datetime import date, timedelta

from frontend.demonstration.places import number_of
from marketplace.core.periods import Period, add_months
from marketplace.core.working_days import previous_working_day

_MONTHS = 13  # invoice batches before the last one


def day_before(day: date, count: int) -> date:
    """The working day ``count`` calendar days before, or the one before that."""
    return previous_working_day(day - timedelta(days=count))


@dataclass(frozen=True)
class Year:
    """The year of trading that ends on ``today``, of which only that day's orders are still to be invoiced."""

    today: date

    @property
    def last_batch(self) -> date:
        """The working day before today: everything ordered until then is invoiced, unless it is held."""
        return day_before(self.today, 1)

    @property
    def first_day(self) -> date:
        """Nothing is ordered before."""
        return add_months(self.today.replace(day=1), -_MONTHS)

    def batches(self) -> list[date]:
        """The days of invoice batches: the last working day of each month, and the working day before today."""
        firsts = [add_months(self.first_day, months) for months in range(1, _MONTHS + 1)]
        days = [day_before(first, 1) for first in firsts]
        return [day for day in days if day < self.last_batch] + [self.last_batch]

    def statements(self) -> list[date]:
        """The last days of bank statements: as the batches, but the latest ends some days ago."""
        latest = day_before(self.today, 6)
        days = [day for day in self.batches() if day < latest - timedelta(days=5)]
        return [*days[1:], latest]

    def began(self, month: int) -> date:
        """The latest first of a month that was invoiced already: when agreements of a year began."""
        first = date(self.today.year, month, 1)
        return first if first <= self.last_batch else first.replace(year=first.year - 1)

    def within(self, period: Period, key: str) -> date:
        """A working day of the period, always the same for the same words, and not after the last batch."""
        day = period.start + timedelta(days=number_of(f"day {key}") % period.days)
        return max(previous_working_day(min(day, self.last_batch)), self.first_day)
