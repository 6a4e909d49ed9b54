"""The guards of what customers owe: it refers to issued documents and their lines, which never go away."""

from marketplace.core.triggers import Function, Trigger, declare

# Set-wise in place of foreign keys of each row (decision 11). No lock is needed: an issued document and its lines are
# frozen, and a draft is refused.
ITEM_ON_ISSUED = Function(
    "invoicing_item_on_issued",
    """
DECLARE
    wrong bigint;
    owing bigint[];
BEGIN
    EXECUTE $q$
        SELECT min(i.document_id) FROM new_rows i
        LEFT JOIN invoicing_document d ON d.id = i.document_id AND d.state = 'issued' WHERE d.id IS NULL
    $q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'receivable_document: nothing is owed on document %, which is not issued', wrong
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT array_agg(DISTINCT organisation_id) INTO owing FROM new_rows;
    PERFORM invoicing_name_parties(owing);
    RETURN NULL;
END
""",
)

ITEM_STAYS = Function(
    "invoicing_item_stays",
    """
BEGIN
    IF NEW.document_id <> OLD.document_id OR NEW.organisation_id <> OLD.organisation_id THEN
        RAISE EXCEPTION 'what is owed on a document stays with it and with its customer'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

CHARGE_ON_ISSUED = Function(
    "invoicing_charge_on_issued",
    """
DECLARE
    billed bigint[];
    issued bigint;
    wrong text;
BEGIN
    SELECT array_agg(document_line_id ORDER BY document_line_id) INTO billed
    FROM new_rows WHERE document_line_id IS NOT NULL;
    IF billed IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE $q$
        SELECT coalesce(sum(lines.count), 0)
        FROM (SELECT document_id, count(*) FROM invoicing_documentline WHERE id = ANY($1) GROUP BY document_id) lines
        JOIN invoicing_document d ON d.id = lines.document_id AND d.state = 'issued'
    $q$ INTO issued USING billed;
    IF issued = cardinality(billed) THEN
        RETURN NULL;
    END IF;
    EXECUTE $q$
        SELECT min(c.source_key) FROM new_rows c
        WHERE c.document_line_id IS NOT NULL AND (
            SELECT d.state FROM invoicing_documentline l JOIN invoicing_document d ON d.id = l.document_id
            WHERE l.id = c.document_line_id) IS DISTINCT FROM 'issued'
    $q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'charge_document_line: % is not on a line of an issued document', wrong
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
""",
)

FUNCTIONS = [ITEM_ON_ISSUED, ITEM_STAYS, CHARGE_ON_ISSUED]
TRIGGERS = [
    Trigger(
        "invoicing_receivableitem_on_issued",
        "invoicing_receivableitem",
        "AFTER",
        "INSERT",
        "STATEMENT",
        ITEM_ON_ISSUED.name,
        "new_rows",
    ),
    Trigger(
        "invoicing_receivableitem_stays",
        "invoicing_receivableitem",
        "BEFORE",
        "UPDATE OF document_id, organisation_id",
        "ROW",
        ITEM_STAYS.name,
    ),
    *(
        Trigger(
            f"invoicing_charge_{event.lower()}_on_issued",
            "invoicing_charge",
            "AFTER",
            event,
            "STATEMENT",
            CHARGE_ON_ISSUED.name,
            "new_rows",
        )
        for event in ("INSERT", "UPDATE")
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
