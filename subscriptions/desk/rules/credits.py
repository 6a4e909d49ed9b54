"""What a missed promise gives back: a percentage of what the service costs for its month, up to a cap for the month.

| a year | month's share | percent | given back before | cap 30% | credit |
|---|---|---|---|---|---|
| £1,200.00 | £100.00 | 10% | £0.00 | £30.00 | £10.00 |
| £1,200.00 | £100.00 | 10% | £25.00 | £30.00 | £5.00 |
| £2,485.39 | £207.11 | 5% | £0.00 | £62.13 | £10.36 |

Rounded once, half up to a penny, before VAT.
"""

from datetime import date
from decimal import Decimal

from marketplace.core.money import round_half_up
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.agreements.rules.sharing import share


def month_of(base: Period, valid: Period, day: date) -> Period | None:
    """The month of a priced period (counted from its first day) in which the day lies, as far as the line ran in it."""
    if day not in valid:
        return None
    step = 0
    while add_months(base.start, step + 1) <= day:
        step += 1
    start, end = add_months(base.start, step), min(add_months(base.start, step + 1), base.end)
    return Period(max(start, valid.start), min(end, valid.end))


def month_pence(base_pence: int, base: Period, valid: Period, month: Period, how: Prorate) -> int:
    """What the service costs for that month. A price that is due in full however late one joins is shared by months."""
    by = Prorate.DAYS if how == Prorate.DAYS else Prorate.MONTHS
    return share(base_pence, base, month, by, fresh=month.start == valid.start)


def credit_pence(month: int, percent: Decimal, cap_percent: Decimal, before: int) -> int:
    """What comes back, in pence: the percentage, of which ``before`` and this together never exceed the cap."""
    room = round_half_up(month * min(cap_percent, Decimal(100)) / 100) - before
    return max(0, min(round_half_up(month * percent / 100), room))
