"""What an organisation bought, line by line: ordered and not invoiced yet, invoiced, credited. Reads only.

Its purchases are what it receives, ordered by itself or its trust, whoever is invoiced for it. What somebody else
ordered for it, as a council that pays for a place, is not its spending.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.rules.budgets import AAR, What


@dataclass(frozen=True)
class Purchase:
    """One line. ``pence`` is before VAT and above nought; ``on`` is the invoice's date, the credit note's, or the day
    from which the line is to be invoiced; ``ordered_on`` the day from which it is owed for.

    ``code`` is the school's own where it gave one, else ours, which ``our_code`` keeps.
    """

    what: What
    on: date
    ordered_on: date
    school_id: int
    school: str
    code: str
    our_code: str
    description: str
    pence: int
    order: str
    document: str
    customer_id: int | None
    service_from: date | None
    service_to: date | None

    @property
    def service(self) -> Period | None:
        return Period(self.service_from, self.service_to) if self.service_from and self.service_to else None

    @property
    def signed(self) -> int:
        """Pence, a credit below nought."""
        return -self.pence if self.what == What.CREDITED else self.pence


# A line's order is found by its item to invoice. An order counts from the day of its approval, an item of no order from
# the day on which it was made, or by which it was to be invoiced.
_PURCHASES = """
WITH payers AS (
    SELECT unnest(%(own)s::bigint[]) AS id
    UNION SELECT trust_id FROM organisations_trustmembership WHERE school_id = ANY(%(own)s)
), customers AS (
    SELECT id FROM payers
    UNION SELECT invoice_to_id FROM organisations_customerterms
        WHERE organisation_id = ANY(%(own)s) AND invoice_to_id IS NOT NULL
    UNION SELECT c.invoice_to_id FROM trading_orderline l JOIN invoicing_charge c ON c.source_key = l.charge_source_key
        WHERE l.school_id = ANY(%(own)s) AND l.charge_source_key <> ''
), bought AS (
    SELECT 'ordered' AS what, c.bill_on AS dated, c.id AS charge_id, c.consumer_id, c.invoice_to_id AS customer_id,
           c.cfr_code, c.aar_code, c.description, c.net_pence - c.reduced_pence AS pence, '' AS document,
           c.service_from, c.service_to, c.id AS line
    FROM invoicing_charge c
    JOIN customers ON customers.id = c.invoice_to_id
    WHERE c.consumer_id = ANY(%(own)s) AND c.state = 'pending'
      AND (%(start)s::date IS NULL OR c.bill_on >= %(start)s) AND (%(end)s::date IS NULL OR c.bill_on < %(end)s)
    UNION ALL
    SELECT CASE d.kind WHEN 'invoice' THEN 'invoiced' ELSE 'credited' END, d.issued_on, c.id, l.consumer_id,
           d.customer_id, l.cfr_code, l.aar_code, l.description, l.net_pence, d.number,
           l.service_from, l.service_to, l.id
    FROM invoicing_document d
    JOIN customers ON customers.id = d.customer_id
    JOIN invoicing_documentline l ON l.document_id = d.id AND l.consumer_id = ANY(%(own)s)
    LEFT JOIN invoicing_charge c ON c.document_line_id = coalesce(l.credits_line_id, l.id)
    WHERE d.state = 'issued' AND d.kind IN ('invoice', 'credit_note')
      AND (%(start)s::date IS NULL OR d.issued_on >= %(start)s) AND (%(end)s::date IS NULL OR d.issued_on < %(end)s)
      AND (%(after)s::date IS NULL OR d.issued_on >= %(after)s OR l.service_to > %(after)s)
)
SELECT b.what, b.dated,
       coalesce(a.closed_on, o.placed_on, least((c.created_at AT TIME ZONE 'Europe/London')::date, c.bill_on), b.dated),
       b.consumer_id, s.name, coalesce(own.code, CASE WHEN %(aar)s THEN b.aar_code ELSE b.cfr_code END),
       CASE WHEN %(aar)s THEN b.aar_code ELSE b.cfr_code END, b.description, b.pence, coalesce(o.number, ''),
       b.document, b.customer_id, b.service_from, b.service_to
FROM bought b
JOIN organisations_organisation s ON s.id = b.consumer_id
LEFT JOIN invoicing_charge c ON c.id = b.charge_id
LEFT JOIN trading_orderline l ON l.charge_source_key = c.source_key AND l.charge_source_key <> ''
LEFT JOIN trading_order o ON o.id = l.order_id
LEFT JOIN trading_approval a ON a.order_id = o.id AND a.state = 'approved'
LEFT JOIN trading_linecode own ON own.order_line_id = l.id
WHERE o.id IS NULL OR o.organisation_id IN (SELECT id FROM payers)
ORDER BY b.dated, b.what, b.document, b.line
"""


def members_of(actor: Actor, organisation: Organisation) -> list[Organisation]:
    """For whom an organisation's spending counts: itself; of a trust, also its schools that the actor may buy for.

    Raises NotFound where the actor does not buy or approve.
    """
    own = actor.organisations(*BUYING)
    if organisation.pk not in own:
        raise NotFound("Page not found")
    if organisation.kind != Organisation.Kind.TRUST:
        return [organisation]
    # A trust's roles reach its schools of today: the actor was resolved for the day.
    schools = Organisation.objects.filter(pk__in=own, school__trust_memberships__trust_id=organisation.pk)
    return [*schools.distinct().order_by("name", "pk"), organisation]


def purchases_of(
    own: Collection[int],
    *,
    scheme: str,
    start: date | None = None,
    end: date | None = None,
    after: date | None = None,
) -> list[Purchase]:
    """What these organisations bought, dated from ``start`` up to but not including ``end``, in the order of dates.

    With ``after`` of invoices and credit notes only those issued from that day on, or for a service that goes beyond
    it. Codes are of ``scheme`` (CFR or AAR). One query; the caller has asked ``members_of`` whose they may be.
    """
    given: dict[str, Any] = {"own": list(own), "aar": scheme == AAR, "start": start, "end": end, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_PURCHASES, given)
        return [Purchase(What(what), *rest) for what, *rest in cursor.fetchall()]


_OWN_CODES = """
SELECT l.id, own.code
FROM invoicing_documentline l
JOIN invoicing_charge c ON c.document_line_id = coalesce(l.credits_line_id, l.id)
JOIN trading_orderline bought ON bought.charge_source_key = c.source_key AND bought.charge_source_key <> ''
JOIN trading_linecode own ON own.order_line_id = bought.id
WHERE l.document_id = ANY(%(documents)s) AND bought.school_id = ANY(%(own)s)
"""


def own_codes_of(actor: Actor, documents: Collection[int]) -> dict[int, str]:
    """By a document line's id the code that its school gave it instead of ours, of schools the actor buys for."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN_CODES, {"documents": list(documents), "own": list(actor.organisations(*BUYING))})
        return dict(cursor.fetchall())
