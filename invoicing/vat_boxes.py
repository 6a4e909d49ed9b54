"""Box 6 of the VAT return: the net of everything supplied, by the dated map of treatments and their reasons.

Exempt and zero-rated sales and services supplied abroad count; grants do not (VAT Notice 700/12). A reason of its own
words counts as its category does, except outside the scope: there nothing is assumed, and the line is named.

What is paid in instalments counts by the tax point of each (see ``documents.instalment_nets``). What was supplied before
the books were taken over stood in the returns made from the books before.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from invoicing.queries import require_finance_reader
from invoicing.vat_instalments import instalment_nets
from marketplace.core.actors import Actor
from marketplace.organisations.queries import partnership


@dataclass(frozen=True)
class BoxSixRow:
    """The net in pence of one treatment and reason; ``counts`` is None where nobody said whether it counts.

    ``reason`` is in small letters, in which reasons are compared; ``words`` is as the documents have it.
    """

    category: str
    reason: str
    counts: bool | None
    pence: int
    words: str


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
        pounds = abs(self.pence) // 100
        return pounds if self.pence >= 0 else -pounds

    @property
    def undecided(self) -> list[BoxSixRow]:
        return [row for row in self.rows if row.counts is None]


# What counts by what document lines say: credit notes below nought, on their own tax point. What another supplier sells
# through us is not ours, and what is paid in instalments is given beside, with the day on which it counts.
_BOX_SIX = """
WITH net AS (
    SELECT l.vat_category AS category, lower(l.vat_reason) AS reason, l.vat_reason AS words, d.tax_point AS counts_on,
           CASE d.kind WHEN 'credit_note' THEN -l.net_pence ELSE l.net_pence END AS pence
    FROM invoicing_document d
    JOIN invoicing_documentline l ON l.document_id = d.id
    WHERE d.state = 'issued' AND d.kind NOT IN ('opening', 'claim_back') AND d.supplier_id = %(us)s
      AND d.tax_point >= %(from)s AND d.tax_point < %(to)s
      AND NOT EXISTS (SELECT FROM invoicing_instalment i WHERE i.document_id IN (d.id, d.credits_id))
    UNION ALL
    SELECT category, reason, reason, day, pence
    FROM unnest(%(categories)s::text[], %(reasons)s::text[], %(days)s::date[], %(pence)s::bigint[]) g(category, reason, day, pence)
)
SELECT n.category, n.reason, b.in_box_six, sum(n.pence), min(n.words COLLATE "C")
FROM net n
LEFT JOIN LATERAL (
    SELECT r.id FROM invoicing_vatreason r
    WHERE r.category = n.category AND lower(r.words) IN (n.reason, '')
    ORDER BY r.words = '' LIMIT 1
) r ON true
LEFT JOIN invoicing_vatbox b ON b.reason_id = r.id AND daterange(b.valid_from, b.valid_to) @> n.counts_on
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def box_six(actor: Actor, on_from: date, on_to: date) -> BoxSix:
    """What belongs in box 6 by tax points from ``on_from`` up to but not including ``on_to``. Finance and the auditor."""
    require_finance_reader(actor)
    us = partnership().pk
    given = instalment_nets(supplier_id=us, start=on_from, end=on_to)
    categories, reasons, days, pence = ([row[column] for row in given] for column in range(4))
    given_columns = {"categories": categories, "reasons": reasons, "days": days, "pence": pence}
    values: dict[str, Any] = {"us": us, "from": on_from, "to": on_to, **given_columns}
    with connection.cursor() as cursor:
        cursor.execute(_BOX_SIX, values)
        rows = [
            BoxSixRow(category, reason, counts, int(net), words)
            for category, reason, counts, net, words in cursor.fetchall()
        ]
    return BoxSix(on_from, on_to, [row for row in rows if row.pence])
