"""What a contract comes to over its term, and until when notice is in time. No database, no clock.

| £14,200.00 a year, standard rated | whole term before VAT | with VAT |
|---|---|---|
| April 2026 to March 2029 | £42,600.00 | £51,120.00 |
| September 2026 to March 2027 (7 months) | £8,283.33 | £9,940.00 |

A started month counts whole; the sum is rounded once, half up, and VAT once on it.
"""

from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period


def months_of(term: Period) -> int:
    """Months of a term; one that is begun counts whole."""
    return sum(1 for _ in term.months())


def whole_net(year_pence: int, term: Period) -> int:
    """Pence before VAT over the whole term, of a price for twelve months."""
    return _half_up(year_pence * months_of(term), 12)


def whole_value(year_pence: int, term: Period, rate: Decimal) -> TaxedAmount:
    """The value over the whole term with its VAT. ``rate`` is a fraction: 0.20."""
    return TaxedAmount.at(Money(whole_net(year_pence, term)), rate)


def a_year_of(pence: int, base: Period) -> int:
    """What twelve months cost where ``base`` costs ``pence``."""
    return _half_up(pence * 12, months_of(base))


def notice_day(term_to: date, weeks: int) -> date | None:
    """The last day on which notice of so many weeks is in time for the end of a term; None where none is needed."""
    return term_to - timedelta(weeks=weeks) if weeks else None


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
