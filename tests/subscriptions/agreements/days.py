"""A second book of an agreement, kept day by day: which plan each day has, and what it therefore costs."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from marketplace.core.periods import Period, add_months


@dataclass
class Book:
    """``plans`` says from which day on a slot has which yearly price; a day outside ``pauses`` and before ``ends`` is active."""

    base: Period
    by_months: bool
    plans: dict[int, list[tuple[date, int]]] = field(default_factory=dict)
    stops: dict[int, date] = field(default_factory=dict)
    pauses: list[tuple[date, date]] = field(default_factory=list)
    ends: date = date.max

    def active(self, slot: int) -> list[tuple[date, int]]:
        """Each active day of a slot with the price of the plan that it has."""
        found = []
        for number in range(self.base.days):
            day = self.base.start + timedelta(days=number)
            begun = [price for start, price in self.plans[slot] if start <= day]
            stopped = day >= min(self.ends, self.stops.get(slot, date.max))
            if begun and not stopped and not any(start <= day < end for start, end in self.pauses):
                found.append((day, begun[-1]))
        return found

    def cost(self, slot: int) -> int:
        """What the slot costs: each day, or each month that has an active day, once, at the price of its first active day."""
        units: dict[int, int] = {}
        for day, price in self.active(slot):
            units.setdefault(self._unit(day), price)
        count = 12 if self.by_months else self.base.days
        return sum(_up_to(price, unit + 1, count) - _up_to(price, unit, count) for unit, price in units.items())

    def _unit(self, day: date) -> int:
        if not self.by_months:
            return (day - self.base.start).days
        return max(month for month in range(12) if add_months(self.base.start, month) <= day)


def _up_to(price: int, unit: int, count: int) -> int:
    """Half up, by fractions."""
    exact = Fraction(price * unit, count)
    return int(exact + Fraction(1, 2))
