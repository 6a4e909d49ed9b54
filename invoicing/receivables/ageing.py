"""What customers owed at the end of a day, by days past due, in plain SQL: equal to the ledger of that day.

It goes back from what stands now over what was posted later, so that today costs no more than what is open.
"""

AGED = """
WITH later AS MATERIALIZED (
    SELECT id, reverses_id FROM invoicing_journalentry WHERE posted_on > %(on)s
), allocated AS (
    SELECT a.item_id, a.source_id, a.pence FROM later l JOIN invoicing_allocation a ON a.entry_id = l.id
    UNION ALL
    SELECT a.item_id, a.source_id, -a.pence FROM later l JOIN invoicing_allocation a ON a.undone_entry_id = l.id
), items AS (
    SELECT id, sum(pence) AS pence FROM (
        SELECT id, outstanding_pence AS pence FROM invoicing_receivableitem WHERE outstanding_pence > 0
        UNION ALL SELECT item_id, pence FROM allocated
    ) stood GROUP BY id
), sources AS (
    SELECT id, sum(pence) AS pence FROM (
        SELECT id, remaining_pence AS pence FROM invoicing_unallocateditem WHERE remaining_pence > 0
        UNION ALL SELECT source_id, pence FROM allocated
        UNION ALL SELECT r.source_id, r.pence FROM later l JOIN invoicing_refund r ON r.entry_id = l.id
        UNION ALL SELECT c.source_id, c.pence FROM later l
            JOIN invoicing_unallocateditem t ON t.entry_id = l.id JOIN invoicing_carry c ON c.target_id = t.id
        UNION ALL SELECT u.id, u.pence FROM later l JOIN invoicing_unallocateditem u ON u.entry_id = l.reverses_id
    ) stood GROUP BY id
), owed AS (
    SELECT i.organisation_id,
           sum(n.pence) FILTER (WHERE i.due_on >= %(on)s) AS a0,
           sum(n.pence) FILTER (WHERE %(on)s - i.due_on BETWEEN 1 AND 30) AS a1,
           sum(n.pence) FILTER (WHERE %(on)s - i.due_on BETWEEN 31 AND 60) AS a2,
           sum(n.pence) FILTER (WHERE %(on)s - i.due_on BETWEEN 61 AND 90) AS a3,
           sum(n.pence) FILTER (WHERE %(on)s - i.due_on > 90) AS a4
    FROM items n
    JOIN invoicing_receivableitem i ON i.id = n.id
    JOIN invoicing_document d ON d.id = i.document_id
    WHERE n.pence <> 0 AND NOT EXISTS (SELECT 1 FROM later l WHERE l.id = d.entry_id)
    GROUP BY 1
), account AS (
    SELECT u.organisation_id, sum(n.pence) AS pence
    FROM sources n JOIN invoicing_unallocateditem u ON u.id = n.id
    WHERE n.pence <> 0 AND NOT EXISTS (SELECT 1 FROM later l WHERE l.id = u.entry_id)
    GROUP BY 1
)
SELECT o.id, o.number, o.name, coalesce(a0, 0), coalesce(a1, 0), coalesce(a2, 0), coalesce(a3, 0), coalesce(a4, 0),
       coalesce(account.pence, 0)
FROM organisations_organisation o
LEFT JOIN owed ON owed.organisation_id = o.id
LEFT JOIN account ON account.organisation_id = o.id
WHERE owed.organisation_id IS NOT NULL OR account.organisation_id IS NOT NULL
ORDER BY o.name, o.number
"""
