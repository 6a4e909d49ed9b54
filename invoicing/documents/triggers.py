"""The guards of documents: a draft may change, what is issued never does, and it adds up when it is issued."""

from marketplace.core.triggers import Function, Trigger, declare

# The content hash covers the head, the parties, every line and every VAT group, in the order of lines.
DIGEST = Function(
    "invoicing_document_digest",
    """
    SELECT encode(sha256(convert_to(concat_ws(E'\\x1f',
        d.kind, coalesce(d.number, '-'), d.supplier_id, d.customer_id, to_char(d.issued_on, 'YYYY-MM-DD'),
        to_char(d.tax_point, 'YYYY-MM-DD'), coalesce(to_char(d.due_on, 'YYYY-MM-DD'), '-'), d.purchase_order,
        d.payer_reference_name, d.net_pence, d.vat_pence, d.gross_pence, d.seller::text, d.buyer::text,
        coalesce(d.credits_id::text, '-'), d.reason,
        (SELECT string_agg(concat_ws(E'\\x1e', l.position, l.description, l.consumer_id, l.consumer_name,
                l.quantity, l.unit_price_pence, l.net_pence, l.vat_category, l.vat_rate, l.vat_reason,
                l.vat_pence, l.account_id, l.stream_id, l.analysis_code, l.cfr_code, l.aar_code,
                coalesce(to_char(l.service_from, 'YYYY-MM-DD'), '-'),
                coalesce(to_char(l.service_to, 'YYYY-MM-DD'), '-'), l.purchase_order,
                array_to_string(l.working, E'\\x1d'), coalesce(l.credits_line_id::text, '-')),
                E'\\x1c' ORDER BY l.position)
           FROM invoicing_documentline l WHERE l.document_id = d.id),
        (SELECT string_agg(concat_ws(E'\\x1e', g.category, g.rate, g.reason, g.net_pence, g.vat_pence),
                E'\\x1c' ORDER BY g.category, g.rate)
           FROM invoicing_vatgroup g WHERE g.document_id = d.id)
    ), 'UTF8')), 'hex')
""",
    arguments="d invoicing_document",
    returns="text",
    language="sql",
)

DOCUMENT_GUARD = Function(
    "invoicing_document_guard",
    """
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: issued documents are kept', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a document begins as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'issued' THEN
        RAISE EXCEPTION '% of % is refused: an issued document never changes', TG_OP, OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.state = 'issued' THEN
            NEW.content_hash := invoicing_document_digest(NEW);
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END
""",
)

DOCUMENT_ADDS_UP = Function(
    "invoicing_document_adds_up",
    """
DECLARE
    wrong text;
BEGIN
    WITH issued AS (SELECT id, number, net_pence, vat_pence FROM new_rows WHERE state = 'issued'),
    lines AS (
        SELECT l.document_id, l.vat_category, l.vat_rate, sum(l.net_pence) AS net, sum(l.vat_pence) AS vat
        FROM invoicing_documentline l JOIN issued i ON i.id = l.document_id
        GROUP BY l.document_id, l.vat_category, l.vat_rate
    ),
    groups AS (
        SELECT g.document_id, g.category, g.rate, g.net_pence, g.vat_pence
        FROM invoicing_vatgroup g JOIN issued i ON i.id = g.document_id
    ),
    unequal AS (
        SELECT coalesce(l.document_id, g.document_id) AS document_id
        FROM lines l FULL JOIN groups g
          ON g.document_id = l.document_id AND g.category = l.vat_category AND g.rate = l.vat_rate
        WHERE l.net IS DISTINCT FROM g.net_pence OR l.vat IS DISTINCT FROM g.vat_pence
    ),
    totals AS (
        SELECT i.id FROM issued i
        LEFT JOIN (SELECT document_id, sum(net_pence) AS net, sum(vat_pence) AS vat FROM groups GROUP BY 1) t
          ON t.document_id = i.id
        WHERE t.net IS DISTINCT FROM i.net_pence OR t.vat IS DISTINCT FROM i.vat_pence
    )
    SELECT i.number INTO wrong FROM issued i
    WHERE i.id IN (SELECT document_id FROM unequal UNION SELECT id FROM totals) LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '% does not add up: lines, VAT groups and totals differ', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
""",
)

PART_GUARD = Function(
    "invoicing_document_part_guard",
    """
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: issued documents are kept', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.document_id <> OLD.document_id THEN
        RAISE EXCEPTION 'a line stays with its document' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM invoicing_document d WHERE d.id = OLD.document_id AND d.state = 'issued' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION '% of % is refused: an issued document never changes', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)

PART_ADDED = Function(
    "invoicing_document_part_added",
    """
DECLARE
    late text;
BEGIN
    PERFORM 1 FROM invoicing_document d WHERE d.id IN (SELECT document_id FROM new_rows) FOR SHARE;
    SELECT d.number INTO late FROM invoicing_document d
    WHERE d.id IN (SELECT document_id FROM new_rows) AND d.state = 'issued' LIMIT 1;
    IF late IS NOT NULL THEN
        RAISE EXCEPTION 'a late line for % is refused: an issued document never changes', late
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)

FUNCTIONS = [DIGEST, DOCUMENT_GUARD, DOCUMENT_ADDS_UP, PART_GUARD, PART_ADDED]
TRIGGERS = [
    Trigger(
        "invoicing_document_guard",
        "invoicing_document",
        "BEFORE",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        DOCUMENT_GUARD.name,
    ),
    Trigger(
        "invoicing_document_no_truncate",
        "invoicing_document",
        "BEFORE",
        "TRUNCATE",
        "STATEMENT",
        DOCUMENT_GUARD.name,
    ),
    Trigger(
        "invoicing_document_adds_up",
        "invoicing_document",
        "AFTER",
        "UPDATE",
        "STATEMENT",
        DOCUMENT_ADDS_UP.name,
        "new_rows",
    ),
    *(
        trigger
        for table in ("invoicing_documentline", "invoicing_vatgroup")
        for trigger in (
            Trigger(f"{table}_guard", table, "BEFORE", "DELETE OR UPDATE", "ROW", PART_GUARD.name),
            Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", PART_GUARD.name),
            Trigger(f"{table}_added", table, "AFTER", "INSERT", "STATEMENT", PART_ADDED.name, "new_rows"),
        )
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
