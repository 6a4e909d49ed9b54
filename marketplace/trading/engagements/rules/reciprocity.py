"""Days given against days received, and what is left in money; what a year's cost comes to over part of it.

| school | gave | received | left | at £350.00 a day |
|---|---|---|---|---|
| Alder | 4 | 2 | 2 given | £700.00 owed to it |
| Birch | 2 | 2 | 0 | nothing |
| Cedar | 1 | 3 | 2 received | £700.00 to pay |

Pence before VAT, rounded once, half up, on what is to pay; what is owed shares out the same sum, so both sides are equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.money import round_half_up, share_out
from marketplace.core.periods import Period, add_months


@dataclass(frozen=True)
class Settlement:
    """By school's id what it has to pay, and what it is owed, in pence before VAT; nobody is on both sides."""

    to_pay: Mapping[int, int]
    owed: Mapping[int, int]


def balances(days: Iterable[tuple[int, int, Decimal]]) -> dict[int, Decimal]:
    """By school days given less days received, from (giver, receiver, days). They always add up to nought."""
    found: dict[int, Decimal] = {}
    for giver, receiver, count in days:
        found[giver] = found.get(giver, Decimal(0)) + count
        found[receiver] = found.get(receiver, Decimal(0)) - count
    return found


def settle(left: Mapping[int, Decimal], day_pence: int) -> Settlement:
    """What is left of the days in money."""
    to_pay = {one: round_half_up(-days * day_pence) for one, days in sorted(left.items()) if days < 0}
    givers = [(one, days) for one, days in sorted(left.items()) if days > 0]
    if not givers:
        return Settlement({}, {})
    parts = share_out(sum(to_pay.values()), [days for _, days in givers])
    return Settlement(to_pay, {one: part for (one, _), part in zip(givers, parts, strict=True)})


def worth_of(*, year_pence: int, held: Period, within: Period) -> int:
    """What a year's cost comes to on the days of ``held`` that lie in ``within``; a whole year is exactly the year's cost.

    Years run from the first day of ``held``; part of one counts by its days. Rounded once, half up.
    """
    total, begin = Decimal(0), held.start
    while begin < held.end:
        end = add_months(begin, 12)
        days = _days(max(begin, within.start), min(end, held.end, within.end))
        total += Decimal(year_pence * days) / Period(begin, end).days
        begin = end
    return round_half_up(total)


def _days(start: date, end: date) -> int:
    return max((end - start).days, 0)
