"""Box 6 of the VAT return: the net of everything supplied, by the dated map of treatments and their reasons.

Exempt and zero-rated sales and services supplied abroad count; grants do not (VAT Notice 700/12). A reason of its own
words counts as its category does, except outside the scope: there nothing is assumed, and the line is named.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from invoicing.queries import require_finance_reader
from marketplace.core.actors import Actor
from marketplace.organisations.queries import partnership


@dataclass(frozen=True)
class BoxSixRow:
    """The net in pence of one treatment and reason; ``counts`` is None where nobody said whether it counts."""

    category: str
    reason: str
    counts: bool | None
    pence: int


@dataclass(frozen=True)
class BoxSix:
    """What counts, what does not, and what a person must decide, over dates (half-open)."""

    start: date
    end: date
    rows: list[BoxSixRow]

    @property
    def pence(self) -> int:
        return sum(row.pence for row in self.rows if row.counts)

    @property
    def pounds(self) -> int:
        """Whole pounds as the return has them, the pence left off."""
        return int(self.pence / 100)

    @property
    def undecided(self) -> list[BoxSixRow]:
        return [row for row in self.rows if row.counts is None]


# Credit notes count below nought on their own tax point. What another supplier sells through us is not ours.
_BOX_SIX = """
SELECT l.vat_category, lower(l.vat_reason), b.in_box_six,
       sum(CASE d.kind WHEN 'credit_note' THEN -l.net_pence ELSE l.net_pence END)
FROM invoicing_document d
JOIN invoicing_documentline l ON l.document_id = d.id
LEFT JOIN LATERAL (
    SELECT r.id FROM invoicing_vatreason r
    WHERE r.category = l.vat_category AND lower(r.words) IN (lower(l.vat_reason), '')
    ORDER BY r.words = '' LIMIT 1
) r ON true
LEFT JOIN invoicing_vatbox b ON b.reason_id = r.id AND daterange(b.valid_from, b.valid_to) @> d.tax_point
WHERE d.state = 'issued' AND d.supplier_id = %s AND d.tax_point >= %s AND d.tax_point < %s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def box_six(actor: Actor, on_from: date, on_to: date) -> BoxSix:
    """What belongs in box 6 by tax points from ``on_from`` up to but not including ``on_to``. Finance and the auditor."""
    require_finance_reader(actor)
    with connection.cursor() as cursor:
        cursor.execute(_BOX_SIX, [partnership().pk, on_from, on_to])
        rows = [BoxSixRow(category, reason, counts, int(net)) for category, reason, counts, net in cursor.fetchall()]
    return BoxSix(on_from, on_to, rows)
