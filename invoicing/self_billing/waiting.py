"""What providers have earned and no invoice carries yet, read for a set of providers by one query."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from marketplace.core.bulk import as_array

# Changes of a payable that cancel each other out stay off paper; the next change takes them along.
_WAITING = """
    SELECT p.id, p.provider_id, sum(m.pence) AS pence, array_agg(m.id ORDER BY m.id) AS moves
    FROM invoicing_payablemove m JOIN invoicing_payable p ON p.id = m.payable_id
    WHERE m.made_on <= %s AND NOT EXISTS (SELECT FROM invoicing_invoicedmove i WHERE i.move_id = m.id) {which}
    GROUP BY p.id, p.provider_id HAVING sum(m.pence) <> 0
"""
_FACTS = f"""
SELECT w.provider_id, w.id, p.description, p.account_id, p.stream_id, p.analysis_code, p.vat_category, p.vat_rate,
       p.vat_reason, p.service_from, p.service_to, w.pence::bigint, w.moves, before.id, before.document_id, before.number
FROM ({_WAITING.format(which="AND p.provider_id = ANY(%s::bigint[])")}) w
JOIN invoicing_payable p ON p.id = w.id
LEFT JOIN LATERAL (
    SELECT i.id, i.document_id, i.number FROM invoicing_providerinvoiceline l
    JOIN invoicing_providerinvoice i ON i.id = l.invoice_id
    WHERE w.pence < 0 AND l.payable_id = w.id AND i.state = 'agreed' AND i.kind IN ('self_billed', 'own')
    ORDER BY i.id DESC LIMIT 1
) before ON true
ORDER BY w.provider_id, w.id
"""
_SUMS = f"""
SELECT w.provider_id, o.name, sum(w.pence)::bigint FROM ({_WAITING.format(which="")}) w
JOIN organisations_organisation o ON o.id = w.provider_id
GROUP BY 1, 2 ORDER BY 1
"""


class Fact(NamedTuple):
    """What is to go on paper of one payable: ``pence`` before VAT, below nought where more was invoiced than is owed.

    ``moves`` are its changes that no invoice carries; ``credits_…`` names the newest invoice on which it stands, if it is
    to be credited, and that one's document where we wrote it.
    """

    provider_id: int
    payable_id: int
    description: str
    account: str
    stream: str
    analysis_code: str
    vat_category: str
    vat_rate: Decimal
    vat_reason: str
    service_from: date | None
    service_to: date | None
    pence: int
    moves: list[int]
    credits_invoice_id: int | None
    credits_document_id: int | None
    credits_number: str | None


def waiting_of(provider_ids: Sequence[int], until: date) -> list[Fact]:
    """The facts of these providers up to and with a day, in the order of provider and payable."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [until, as_array(provider_ids)])
        return [Fact._make(row) for row in cursor.fetchall()]


def providers_waiting(until: date) -> list[tuple[int, str, int]]:
    """Every provider with something to go on paper: its id, its name, and the sum in pence before VAT."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [until])
        return [(pk, name, int(pence)) for pk, name, pence in cursor.fetchall()]
