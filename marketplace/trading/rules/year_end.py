"""What a school carries over the end of its financial year: pure.

A service is shared out over its calendar months: equal parts where it is of whole months, else by days, by largest
remainder with earlier months first. So what the school prepays is what the partnership defers.

| service | pence | after 31 March 2027 |
|---|---|---|
| 1 September 2026 to 31 August 2027 | 1,200.00 | 500.00 (5 of 12 months) |
| 16 March to 15 April 2027 (16 and 15 days) | 310.00 | 150.00 |
| a course on 24 March 2027 | 140.00 | 0.00 |
| without dates | 140.00 | 0.00 |
"""

from datetime import date

from invoicing.recognition.rules import calendar_months
from marketplace.core.money import share_out
from marketplace.core.periods import Period


def split_at(pence: int, service: Period, end: date) -> tuple[int, int]:
    """(delivered before ``end``, from then on) of a service's price; they add up to ``pence``.

    ``end`` is the first day of the next financial year, and so of a month: no month of the service lies on both sides.
    """
    months = list(calendar_months(service))
    whole = service.start.day == 1 and service.end.day == 1
    shares = share_out(pence, [1 if whole else month.days for month in months])
    before = sum(share for month, share in zip(months, shares, strict=True) if month.start < end)
    return before, pence - before
