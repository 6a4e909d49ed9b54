"""The invariants of queries, reminders and claims for late payment, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        20,
        "queries-stand-where-they-may",
        "a query has an outcome exactly when it is resolved, its lines are live until then and stand on its invoice, and "
        "it was asked by whoever is invoiced or receives every line",
        "SELECT count(*) FROM invoicing_invoicequery",
        """
        SELECT format('query %s: %s with outcome "%s" and day %s', number, state, outcome, resolved_on)
        FROM invoicing_invoicequery
        WHERE (state = 'resolved') <> (outcome <> '') OR (state = 'resolved') <> (resolved_on IS NOT NULL)
           OR state NOT IN ('open', 'answered', 'resolved')
        UNION ALL
        SELECT format('query %s: %s, with a line that is%s live', q.number, q.state, CASE WHEN l.live THEN '' ELSE ' not' END)
        FROM invoicing_invoicequery q JOIN invoicing_queryline l ON l.query_id = q.id
        WHERE l.live <> (q.state <> 'resolved')
        UNION ALL
        SELECT format('query %s: is about no line', q.number) FROM invoicing_invoicequery q
        WHERE NOT EXISTS (SELECT 1 FROM invoicing_queryline l WHERE l.query_id = q.id)
        UNION ALL
        SELECT format('query %s: line %s is on another document or another''s', q.number, d.id)
        FROM invoicing_queryline l
        JOIN invoicing_invoicequery q ON q.id = l.query_id
        JOIN invoicing_document i ON i.id = q.document_id
        JOIN invoicing_documentline d ON d.id = l.line_id
        WHERE d.document_id <> q.document_id OR q.organisation_id NOT IN (i.customer_id, d.consumer_id)
        """,
    ),
    Invariant(
        15,
        "reminded-once",
        "a reminder asks its customer for the sum of its items, each reminded once for each level and never for more "
        "than it was",
        "SELECT count(*) FROM invoicing_reminder",
        """
        SELECT format('reminder %s: asks for %s, its items for %s', r.id, r.pence, coalesce(sum(i.pence), 0))
        FROM invoicing_reminder r LEFT JOIN invoicing_reminderitem i ON i.reminder_id = r.id
        GROUP BY r.id HAVING r.pence <> coalesce(sum(i.pence), 0)
        UNION ALL
        SELECT format('open item %s was reminded %s times at one level', item_id, count(*))
        FROM invoicing_reminderitem GROUP BY item_id, level_id HAVING count(*) > 1
        UNION ALL
        SELECT format('reminder %s: item %s is another customer''s, or smaller', r.id, o.id)
        FROM invoicing_reminderitem i
        JOIN invoicing_reminder r ON r.id = i.reminder_id
        JOIN invoicing_receivableitem o ON o.id = i.item_id
        WHERE o.organisation_id <> r.organisation_id OR i.pence > o.pence
        """,
    ),
    Invariant(
        15,
        "late-payment-claimed-once",
        "interest is claimed once for a day and the fixed sum once for a debt, and its items to invoice say the same",
        "SELECT count(*) FROM invoicing_lateclaim",
        """
        SELECT format('open item %s: interest is claimed twice for days from %s', a.item_id, b.from_on)
        FROM invoicing_lateclaim a JOIN invoicing_lateclaim b ON b.item_id = a.item_id AND b.id <> a.id
        WHERE a.from_on <= b.from_on AND b.from_on < a.until_on
        UNION ALL
        SELECT format('open item %s: the fixed sum is claimed %s times', item_id, count(*))
        FROM invoicing_lateclaim WHERE fixed_pence > 0 GROUP BY item_id HAVING count(*) > 1
        UNION ALL
        SELECT format('claim %s: %s + %s claimed, %s + %s to invoice', l.id, l.interest_pence, l.fixed_pence,
                      coalesce(i.net_pence, 0), coalesce(f.net_pence, 0))
        FROM invoicing_lateclaim l
        LEFT JOIN invoicing_charge i ON i.id = l.interest_charge_id
        LEFT JOIN invoicing_charge f ON f.id = l.fixed_charge_id
        WHERE l.interest_pence <> coalesce(i.net_pence, 0) OR l.fixed_pence <> coalesce(f.net_pence, 0)
           OR i.vat_category <> 'O' OR f.vat_category <> 'O'
        """,
    ),
)
