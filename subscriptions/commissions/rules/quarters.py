"""The usual shape of a council's contract: so much a year, paid by quarter, a part of each at risk on its indicator. Pure.

The year's pence are shared over its four quarters by largest remainder. The part at risk of a quarter is rounded once, half up;
the rest is paid on time. Its measure is due 60 days after the quarter.

| a year | at risk | a quarter | on time | at risk |
|---|---|---|---|---|
| £300,000 | 5% | £75,000.00 | £71,250.00 | £3,750.00 |
| £200,000 | 5% | £50,000.00 | £47,500.00 | £2,500.00 |
| £100,000.10 | 3% | £25,000.03, £25,000.03, £25,000.02, £25,000.02 | £24,250.03 | £750.00 |
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.money import Money, round_half_up
from marketplace.core.periods import Period, add_months
from subscriptions.commissions.rules.blocks import LineTerms

DECIDED_WITHIN_DAYS = 60
PAID_AFTER_DAYS = 30


@dataclass(frozen=True)
class Quarter:
    """One quarter: its days, what is paid on time and what is at risk (pence before VAT), and by when each is due."""

    number: int
    service: Period
    sure_pence: int
    risk_pence: int

    @property
    def cut_off(self) -> date:
        """The last day that its statement counts."""
        return self.service.last_day

    @property
    def pay_on(self) -> date:
        return self.cut_off + timedelta(days=PAID_AFTER_DAYS)

    @property
    def risk_due_on(self) -> date:
        return self.cut_off + timedelta(days=DECIDED_WITHIN_DAYS)

    @property
    def name(self) -> str:
        return f"{self.service.start:%B} to {self.service.last_day:%B %Y}"


def quarterly(*, start: date, years: Sequence[Money], at_risk: Decimal) -> list[Quarter]:
    """The quarters of a contract from ``start``, four for each year. ``at_risk`` is a fraction below 1."""
    if not 0 <= at_risk < 1:
        raise ValueError(f"The part at risk must be a fraction below 1, not {at_risk}")
    return list(_quarters(start, years, at_risk))


def _quarters(start: date, years: Sequence[Money], at_risk: Decimal) -> Iterator[Quarter]:
    for year, pence in enumerate(years):
        for index, part in enumerate(pence.split([1, 1, 1, 1])):
            number = year * 4 + index
            first = add_months(start, 3 * number)
            risk = round_half_up(part.pence * at_risk)
            yield Quarter(number + 1, Period(first, add_months(start, 3 * number + 3)), part.pence - risk, risk)


def lines_of(quarters: Iterable[Quarter], weights: Mapping[str, int]) -> list[LineTerms]:
    """The lines of a contract by financial year and block: a quarter counts in the year in which it begins.

    Each year is shared over the blocks by their weights, by largest remainder; a block without a weight has no line.
    """
    years: dict[date, int] = {}
    for one in quarters:
        first = one.service.start
        year = date(first.year if first.month >= 4 else first.year - 1, 4, 1)
        years[year] = years.get(year, 0) + one.sure_pence + one.risk_pence
    blocks = [block for block, weight in weights.items() if weight]
    return [
        LineTerms(year, block, part.pence)
        for year, pence in sorted(years.items())
        for block, part in zip(blocks, Money(pence).split([weights[block] for block in blocks]), strict=True)
        if part.pence
    ]
