"""What stands in a VAT return: VAT from the ledger's entries, nets from documents and purchases.

**VAT.** Every movement on *VAT on sales* or *VAT on purchases* is VAT of a return, except against the bank, HMRC's own
account or the opening position: that is paying it. An entry belongs to the return of its tax point, or, where that return
was locked before it was posted, to the next.

**Nets.** Boxes 6 and 7 are what belongs there from the first return's start on, as known now, less what the returns
before said. So a sale that becomes known late stands in the next return, as its VAT does.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min

from invoicing.journals.models import PurchaseLine
from invoicing.journals.queries import input_vat
from invoicing.ledger import chart
from invoicing.vat_boxes import box_six
from invoicing.vat_returns.models import VatReturn, VatReturnPart
from invoicing.vat_returns.rules import Box, Sums, boxes
from marketplace.core.actors import Actor

APART = (
    chart.BANK, chart.SECOND_BANK, chart.THIRD_BANK, chart.FOURTH_BANK, chart.VAT_TO_HMRC, chart.OPENING,
)  # fmt: skip
_APART = ", ".join(f"'{code}'" for code in APART)
# VAT of each entry: on sales what is due, on purchases what comes back.
LEGS = f"""
SELECT entry_id, sum(sales)::bigint AS sales, sum(purchases)::bigint AS purchases FROM (
    SELECT entry_id, pence AS sales, 0 AS purchases FROM invoicing_movement
    WHERE credit_account_id = '{chart.VAT_OUTPUT}' AND debit_account_id NOT IN ({_APART})
    UNION ALL SELECT entry_id, -pence, 0 FROM invoicing_movement
    WHERE debit_account_id = '{chart.VAT_OUTPUT}' AND credit_account_id NOT IN ({_APART})
    UNION ALL SELECT entry_id, 0, pence FROM invoicing_movement
    WHERE debit_account_id = '{chart.VAT_INPUT}' AND credit_account_id NOT IN ({_APART})
    UNION ALL SELECT entry_id, 0, -pence FROM invoicing_movement
    WHERE credit_account_id = '{chart.VAT_INPUT}' AND debit_account_id NOT IN ({_APART})
) legs GROUP BY entry_id
"""
# Entries that wait for a return: none names them, and they are of its period or of an earlier one of ours.
WAITING = f"""
SELECT e.id, e.kind, e.tax_point, l.sales, l.purchases
FROM ({LEGS}) l JOIN invoicing_journalentry e ON e.id = l.entry_id
WHERE e.tax_point < %(end)s AND e.tax_point >= %(first)s
  AND NOT EXISTS (SELECT FROM invoicing_vatreturnentry r WHERE r.entry_id = e.id)
"""
TAKEN = f"""
SELECT e.id, e.kind, e.tax_point, l.sales, l.purchases
FROM invoicing_vatreturnentry r JOIN invoicing_journalentry e ON e.id = r.entry_id
JOIN ({LEGS}) l ON l.entry_id = e.id
WHERE r.vat_return_id = %(pk)s
"""


class VatOfKind(NamedTuple):
    """The VAT of entries of one kind in pence; ``late`` where they belong to earlier periods."""

    kind: str
    late: bool
    entries: int
    sales: int
    purchases: int


class Part(NamedTuple):
    """Net pence of box 6 (VAT category and reason) or of box 7 (tag); ``late`` of them belong to earlier periods.

    ``counts`` is None where nobody said whether it stands in box 6.
    """

    box: int
    category: str
    reason: str
    counts: bool | None
    pence: int
    late: int


@dataclass(frozen=True)
class Figures:
    """Everything that stands in a return, as it is now or as it was locked."""

    vat: list[VatOfKind]
    parts: list[Part]
    sums: Sums

    @property
    def boxes(self) -> list[Box]:
        return boxes(self.sums)

    @property
    def corrections(self) -> int:
        """VAT of earlier periods in this return: what they should have owed more, in pence."""
        return sum(row.sales - row.purchases for row in self.vat if row.late)

    @property
    def undecided(self) -> list[Part]:
        return [part for part in self.parts if part.counts is None]


def figures_of(found: VatReturn, actor: Actor) -> Figures:
    """What stands in a return: as it was locked, or as it would be locked now. For finance and the auditor."""
    if found.sums is not None:
        rows = found.parts.order_by("box", "category", "reason")
        parts = [Part(row.box, row.category, row.reason, row.counts, row.pence, row.late_pence) for row in rows]
        return Figures(_by_kind(found, TAKEN, {"pk": found.pk}), parts, found.sums)
    first = first_day(found)
    vat = _by_kind(found, WAITING, {"end": found.end, "first": first})
    parts = _parts(found, first, actor)
    nets = [sum(part.pence for part in parts if part.box == box and part.counts) for box in (6, 7)]
    return Figures(vat, parts, Sums(sum(row.sales for row in vat), sum(row.purchases for row in vat), *nets))


def first_day(found: VatReturn) -> date:
    """The start of our first return: what is before it stood in returns made elsewhere."""
    locked = VatReturn.objects.filter(state__in=[VatReturn.State.LOCKED, VatReturn.State.SENT])
    first: date | None = locked.aggregate(first=Min("start"))["first"]
    return min(first or found.start, found.start)


def _by_kind(found: VatReturn, entries: str, values: dict[str, Any]) -> list[VatOfKind]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, tax_point < %(start)s AS late, count(*), sum(sales)::bigint, sum(purchases)::bigint"
            f" FROM ({entries}) e GROUP BY 1, 2 ORDER BY 2, 1",
            {**values, "start": found.start},
        )
        return [VatOfKind(*row) for row in cursor.fetchall()]


Key = tuple[int, str, str, bool | None]
_REASON = 200  # characters that a part keeps of a reason


def _parts(found: VatReturn, first: date, actor: Actor) -> list[Part]:
    """Known now from the first day on, less what earlier returns said; of it what is of this period, the rest late."""
    sums: defaultdict[Key, int] = defaultdict(int)
    words: dict[str, str] = {}
    said = VatReturnPart.objects.filter(vat_return__end__lte=found.start)
    for box, category, reason, counts, pence in said.values_list("box", "category", "reason", "counts", "pence"):
        sums[(box, category, reason.lower(), counts)] -= pence
        words[reason.lower()] = reason
    for key, reason, pence in _known(actor, first, found.end):
        sums[key] += pence
        words[key[2]] = reason
    own = {key: pence for key, _, pence in _known(actor, found.start, found.end)}
    return [
        Part(box, category, words[reason], counts, pence, pence - own.get((box, category, reason, counts), 0))
        for (box, category, reason, counts), pence in sorted(
            sums.items(), key=lambda item: (item[0][:3], f"{item[0][3]}")
        )
        if pence or own.get((box, category, reason, counts))
    ]


def _known(actor: Actor, start: date, end: date) -> Iterable[tuple[Key, str, int]]:
    """Net pence of boxes 6 and 7 over dates, each with its reason as the documents have it."""
    for row in box_six(actor, start, end).rows:
        reason = row.words[:_REASON]
        yield (6, row.category, reason.lower(), row.counts), reason, row.pence
    for bought in input_vat(actor, start=start, end=end):
        if bought.net_pence:
            yield (7, bought.tag, "", bought.tag != PurchaseLine.Tag.NON_BUSINESS), "", bought.net_pence
