"""The nine boxes of a VAT return and the dates around it: pure, no database, no clock.

Boxes 1 to 5 are pence, 6 to 9 whole pounds with the pence left off (VAT Notice 700/12). Boxes 2, 8 and 9 are of goods
between Northern Ireland and the European Union, in which a partnership of schools in England does not trade.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from marketplace.core.periods import add_months

LONGEST = 12  # months
SMALL_ERROR_PENCE = 10_000_00
"""Errors of earlier returns up to this net amount are put right on the next one (VAT Notice 700/45, 4.3)."""
LARGE_ERROR_PENCE, SHARE_OF_BOX_SIX = 50_000_00, 100


class Sums(NamedTuple):
    """What a return is made of, in pence: VAT on sales, VAT on purchases that comes back, and the net of both."""

    sales_vat: int
    purchases_vat: int
    sales_net: int
    purchases_net: int


class Box(NamedTuple):
    """One box: its number, the name that HMRC's interface gives it, our words, and its amount.

    ``amount`` is pence in boxes 1 to 5 and whole pounds in boxes 6 to 9.
    """

    number: int
    name: str
    words: str
    amount: int

    @property
    def pence(self) -> int:
        return self.amount if self.number <= 5 else self.amount * 100


def whole_pounds(pence: int) -> int:
    """Whole pounds, the pence left off on both sides of nought."""
    return pence // 100 if pence >= 0 else -(-pence // 100)


def boxes(sums: Sums) -> list[Box]:
    """The nine boxes. Box 5 is never below nought: which side pays is told by ``owed``."""
    return [
        Box(1, "vatDueSales", "VAT due on sales", sums.sales_vat),
        Box(2, "vatDueAcquisitions", "VAT due on goods from the European Union (Northern Ireland only)", 0),
        Box(3, "totalVatDue", "Total VAT due: boxes 1 and 2", sums.sales_vat),
        Box(4, "vatReclaimedCurrPeriod", "VAT reclaimed on purchases", sums.purchases_vat),
        Box(5, "netVatDue", "Net VAT to pay or to reclaim: boxes 3 and 4", abs(owed(sums))),
        Box(6, "totalValueSalesExVAT", "Sales without VAT", whole_pounds(sums.sales_net)),
        Box(7, "totalValuePurchasesExVAT", "Purchases without VAT", whole_pounds(sums.purchases_net)),
        Box(8, "totalValueGoodsSuppliedExVAT", "Goods to the European Union (Northern Ireland only)", 0),
        Box(9, "totalAcquisitionsExVAT", "Goods from the European Union (Northern Ireland only)", 0),
    ]  # fmt: skip


def owed(sums: Sums) -> int:
    """Pence that we owe HMRC; below nought what HMRC owes us."""
    return sums.sales_vat - sums.purchases_vat


def due_on(end: date) -> date:
    """The last day for the return and its payment: a month and seven days after the period, which ended before ``end``.

    Source: Value Added Tax Regulations 1995 (SI 1995/2518), reg. 25 and 25A(20).
    """
    return add_months(end, 1) + timedelta(days=6)


def key_of(end: date) -> str:
    """What a return is called: its last month, such as "2026-10"."""
    return f"{end - timedelta(days=1):%Y-%m}"


def end_of(key: str) -> date | None:
    """The day after the last month of a key; None where it is no month."""
    if not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", key):
        return None
    return add_months(date(int(key[:4]), int(key[5:]), 1), 1)


def period_words(start: date, end: date) -> str:
    """ "August to October 2026", "October 2026", "December 2026 to February 2027"."""
    last = end - timedelta(days=1)
    if (start.year, start.month) == (last.year, last.month):
        return f"{last:%B %Y}"
    first = f"{start:%B}" if start.year == last.year else f"{start:%B %Y}"
    return f"{first} to {last:%B %Y}"


def must_be_told(*, corrections: int, sales_net: int) -> bool:
    """Whether errors of earlier returns are too large to be put right on this one (VAT Notice 700/45, 4.3).

    They are above £10,000, unless they are within 1% of box 6 and not above £50,000. ``corrections`` and ``sales_net``
    are pence.
    """
    found = abs(corrections)
    if found <= SMALL_ERROR_PENCE:
        return False
    return found > LARGE_ERROR_PENCE or found * SHARE_OF_BOX_SIX > abs(sales_net)


def period_problem(start: date, end: date, *, taken_to: date | None) -> str:
    """Why no return can be made from ``start`` up to but not including ``end``, or nothing.

    ``taken_to`` is the end of the last return; periods follow each other without a gap.
    """
    if start.day != 1 or end.day != 1 or start >= end:
        return "A return is of whole months: choose a last month that is not before the first"
    if add_months(start, LONGEST) < end:
        return f"A return is of at most {LONGEST} months"
    if taken_to is not None and start != taken_to:
        return f"The return after the last begins on {taken_to:%-d %B %Y}"
    return ""
