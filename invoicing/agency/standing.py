"""How each invoice that was issued in a supplier's name stands: collected, owed to the supplier, paid over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from marketplace.core.money import round_half_up


@dataclass(frozen=True)
class Sale:
    """One invoice of a supplier. Amounts in pence; ``net``, ``gross``: less what was credited.

    ``collected`` is what was set against it but for its own credit notes and write-offs, ``settled`` and ``fee_taken``
    what earlier settlements paid over and took.
    """

    document_id: int
    number: str
    issued_on: date
    customer: str
    net: int
    gross: int
    written_off: int
    collected: int
    settled: int
    fee_taken: int
    fee_rate: Decimal

    @property
    def owed(self) -> int:
        """What of it is the supplier's money by now, never more than what it sold: collected, less what was credited."""
        return max(0, min(self.gross - self.written_off, self.collected))

    @property
    def due(self) -> int:
        """What is to be paid over now; below nought where too much was paid over before."""
        return self.owed - self.settled

    @property
    def fee_due(self) -> int:
        """Our fee before VAT on what is the supplier's by now, rounded once, less what was taken."""
        share = Decimal(self.net) * self.owed / self.gross if self.gross else Decimal(0)
        return round_half_up(share * self.fee_rate) - self.fee_taken


_SALES = """
WITH sold AS (
    SELECT d.id, d.number, d.issued_on, d.net_pence, d.gross_pence, d.buyer ->> 'name' AS customer, m.fee_rate,
           a.supplier_id
    FROM invoicing_agencysale a JOIN invoicing_document d ON d.id = a.document_id
    JOIN invoicing_salesmandate m ON m.id = a.mandate_id
    WHERE a.supplier_id = ANY(%s)
), credited AS (
    SELECT c.credits_id AS id, sum(c.net_pence) AS net, sum(c.gross_pence) AS gross
    FROM invoicing_document c JOIN sold s ON s.id = c.credits_id
    WHERE c.kind = 'credit_note' AND c.state = 'issued' GROUP BY 1
), against AS (
    SELECT s.id, sum(a.pence) FILTER (WHERE u.kind = 'write_off') AS written_off,
           sum(a.pence) FILTER (WHERE u.kind <> 'write_off' AND n.credits_id IS DISTINCT FROM s.id) AS collected
    FROM sold s JOIN invoicing_receivableitem i ON i.document_id = s.id
    JOIN invoicing_allocation a ON a.item_id = i.id AND a.undone_on IS NULL
    JOIN invoicing_unallocateditem u ON u.id = a.source_id
    LEFT JOIN invoicing_document n ON n.id = u.document_id
    GROUP BY 1
), settled AS (
    SELECT l.document_id AS id, sum(l.pence) AS pence, sum(l.fee_pence) AS fee
    FROM invoicing_agencysettlementline l JOIN invoicing_agencysettlement s ON s.id = l.settlement_id
    WHERE s.supplier_id = ANY(%s) AND s.state IN ('approved', 'paid') GROUP BY 1
)
SELECT s.id, s.number, s.issued_on, s.customer, s.net_pence - coalesce(c.net, 0), s.gross_pence - coalesce(c.gross, 0),
       coalesce(a.written_off, 0), coalesce(a.collected, 0), coalesce(p.pence, 0), coalesce(p.fee, 0), s.fee_rate,
       s.supplier_id
FROM sold s LEFT JOIN credited c ON c.id = s.id LEFT JOIN against a ON a.id = s.id LEFT JOIN settled p ON p.id = s.id
ORDER BY s.id
"""


def sales_of(supplier_id: int) -> list[Sale]:
    """Every invoice in the supplier's name as it stands, in the order of issue. One query."""
    return sales_by_supplier([supplier_id])[supplier_id]


def sales_by_supplier(supplier_ids: Collection[int]) -> dict[int, list[Sale]]:
    """The same for several suppliers, each with its own list, empty where nothing was sold. One query."""
    asked = list(supplier_ids)
    with connection.cursor() as cursor:
        cursor.execute(_SALES, [asked, asked])
        rows = cursor.fetchall()
    found: dict[int, list[Sale]] = {supplier_id: [] for supplier_id in asked}
    for document_id, number, issued_on, customer, *figures, fee_rate, supplier_id in rows:
        net, gross, written_off, collected, settled, fee_taken = (int(figure) for figure in figures)
        found[supplier_id].append(
            Sale(
                document_id,
                number,
                issued_on,
                customer,
                net,
                gross,
                written_off,
                collected,
                settled,
                fee_taken,
                fee_rate,
            )
        )
    return found
