"""The guards of documents: a draft may change, what is issued never does, and it adds up when it is issued.

References of documents and lines are held by guards of the statement (decision 11). Guards that join large tables do so
by EXECUTE: a plan that was made while a table was small is not kept for when it is large.
"""

from marketplace.core.triggers import Function, Trigger, declare

# The content hash covers the head, the parties, every line and every VAT group, in the order of lines. Written once
# here: for one document (the checks of verify_ledger, a document sealed by hand) and for a set (the seal).
_HEAD = """
        d.kind, coalesce({number}, '-'), d.supplier_id, d.customer_id, to_char(d.issued_on, 'YYYY-MM-DD'),
        to_char(d.tax_point, 'YYYY-MM-DD'), coalesce(to_char(d.due_on, 'YYYY-MM-DD'), '-'), d.purchase_order,
        d.payer_reference_name, d.net_pence, d.vat_pence, d.gross_pence, d.seller::text, d.buyer::text,
        coalesce(d.credits_id::text, '-'), d.reason"""
_LINES = """string_agg(concat_ws(E'\\x1e', l.position, l.description, l.consumer_id, l.consumer_name,
                l.quantity, l.unit_price_pence, l.net_pence, l.vat_category, l.vat_rate, l.vat_reason,
                l.vat_pence, l.account_id, l.stream_id, l.analysis_code, l.cfr_code, l.aar_code,
                coalesce(to_char(l.service_from, 'YYYY-MM-DD'), '-'),
                coalesce(to_char(l.service_to, 'YYYY-MM-DD'), '-'), l.purchase_order,
                array_to_string(l.working, E'\\x1d'), coalesce(l.credits_line_id::text, '-')),
                E'\\x1c' ORDER BY l.position)"""
_GROUPS = """string_agg(concat_ws(E'\\x1e', g.category, g.rate, g.reason, g.net_pence, g.vat_pence),
                E'\\x1c' ORDER BY g.category, g.rate)"""
# The lines and groups of the document d, looked up by their index whatever the planner believes of the tables.
LINES_OF_ONE = f"(SELECT {_LINES} FROM invoicing_documentline l WHERE l.document_id = d.id)"
GROUPS_OF_ONE = f"(SELECT {_GROUPS} FROM invoicing_vatgroup g WHERE g.document_id = d.id)"


def seal_of(number: str, lines: str, groups: str) -> str:
    """SQL of the content hash of the document ``d``: these are the SQL of its number and of its lines' and groups' texts."""
    head = _HEAD.format(number=number)
    return f"encode(sha256(convert_to(concat_ws(E'\\x1f',{head}, {lines}, {groups}), 'UTF8')), 'hex')"


DIGEST = Function(
    "invoicing_document_digest",
    f"""
    SELECT {seal_of("d.number", LINES_OF_ONE, GROUPS_OF_ONE)}
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
    IF OLD.state = 'issued' THEN
        RAISE EXCEPTION '% of % is refused: an issued document never changes', TG_OP, OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id <> OLD.id THEN
            RAISE EXCEPTION 'a document keeps its id' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'issued' AND NEW.content_hash = '' THEN
            NEW.content_hash := invoicing_document_digest(NEW);
        END IF;
        IF NEW.supplier_id <> OLD.supplier_id OR NEW.customer_id <> OLD.customer_id THEN
            PERFORM invoicing_name_parties(ARRAY[NEW.supplier_id, NEW.customer_id]);
        END IF;
        RETURN NEW;
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed'
        OR EXISTS (SELECT 1 FROM invoicing_documentline WHERE document_id = OLD.id)
        OR EXISTS (SELECT 1 FROM invoicing_vatgroup WHERE document_id = OLD.id) THEN
        RAISE EXCEPTION 'a draft goes after its lines and VAT groups, in a transaction that sees them'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END
""",
)

DOCUMENT_NAMES = Function(
    "invoicing_document_names",
    """
DECLARE
    named bigint[];
BEGIN
    IF EXISTS (SELECT 1 FROM new_rows WHERE state <> 'draft') THEN
        RAISE EXCEPTION 'a document begins as a draft' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT array_agg(id) INTO named
    FROM (SELECT supplier_id AS id FROM new_rows UNION SELECT customer_id FROM new_rows) parties;
    PERFORM invoicing_name_parties(named);
    RETURN NULL;
END
""",
)

# Each group is the sum of its lines and each line is in a group, the groups add up to the document, and the hash is
# that of what stands in the tables. Document by document through the index: quick however many there are.
DOCUMENT_ADDS_UP = Function(
    "invoicing_document_adds_up",
    f"""
DECLARE
    wrong record;
BEGIN
    EXECUTE $q$
    SELECT d.number, d.state = 'issued' AND NOT sums.right AS sums, d.entry_id IS NOT NULL AND e.id IS NULL AS entry
    FROM new_rows d
    LEFT JOIN invoicing_journalentry e ON e.id = d.entry_id
    CROSS JOIN LATERAL (SELECT {_LINES} AS text, count(*) AS count
                        FROM invoicing_documentline l WHERE l.document_id = d.id) lines
    CROSS JOIN LATERAL (
        SELECT {_GROUPS} AS text, sum(g.net_pence) AS net, sum(g.vat_pence) AS vat, sum(l.count) AS count,
               bool_and(coalesce(g.net_pence = l.net AND g.vat_pence = l.vat, false)) AS right
        FROM invoicing_vatgroup g CROSS JOIN LATERAL (
            SELECT sum(net_pence) AS net, sum(vat_pence) AS vat, count(*) AS count FROM invoicing_documentline
            WHERE document_id = g.document_id AND vat_category = g.category AND vat_rate = g.rate) l
        WHERE g.document_id = d.id
    ) groups
    CROSS JOIN LATERAL (
        SELECT coalesce(groups.right AND groups.count = lines.count AND groups.net = d.net_pence
                        AND groups.vat = d.vat_pence, false) AS right
    ) sums
    WHERE (d.entry_id IS NOT NULL AND e.id IS NULL)
       OR (d.state = 'issued' AND (NOT sums.right
           OR d.content_hash <> {seal_of("d.number", "lines.text", "groups.text")}))
    LIMIT 1
    $q$ INTO wrong;
    IF wrong.entry THEN
        RAISE EXCEPTION 'document_entry: % is posted by no journal entry', wrong.number
            USING ERRCODE = 'foreign_key_violation';
    ELSIF wrong.sums THEN
        RAISE EXCEPTION '% does not add up: lines, VAT groups and totals differ', wrong.number
            USING ERRCODE = 'check_violation';
    ELSIF wrong.number IS NOT NULL THEN
        RAISE EXCEPTION '% carries a content hash that is not its own', wrong.number
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

# Nobody else sees a document that this transaction wrote, so it needs no lock: a batch writes one lock less for each.
# For others the lock is taken and the state read in one query, so that the state is the one that stands once it is held.
_OPEN_DOCUMENTS = """
    EXECUTE $q$
        SELECT count(*) FILTER (WHERE d.xmin = pg_current_xact_id()::xid AND d.state = 'draft'), count(*)
        FROM (SELECT DISTINCT document_id FROM new_rows) part
        LEFT JOIN invoicing_document d ON d.id = part.document_id
    $q$ INTO own, wanted;
    IF own < wanted THEN
        EXECUTE $q$
            SELECT count(*), min(held.number) FILTER (WHERE held.state = 'issued') FROM (
                SELECT d.number, d.state FROM invoicing_document d
                WHERE d.id IN (SELECT document_id FROM new_rows) FOR SHARE) held
        $q$ INTO found, late;
        IF late IS NOT NULL THEN
            RAISE EXCEPTION 'a late line for % is refused: an issued document never changes', late
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF found <> wanted THEN
            RAISE EXCEPTION 'document_part: a line or VAT group without its document'
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
"""

PART_ADDED = Function(
    "invoicing_document_part_added",
    f"""
DECLARE
    own bigint;
    wanted bigint;
    found bigint;
    late text;
BEGIN
    {_OPEN_DOCUMENTS}
    RETURN NULL;
END
""",
)

LINE_ADDED = Function(
    "invoicing_document_line_added",
    f"""
DECLARE
    own bigint;
    wanted bigint;
    found bigint;
    late text;
    wrong text;
    consumers bigint[];
BEGIN
    {_OPEN_DOCUMENTS}
    SELECT format('documentline_account: there is no account %s or no income stream %s', k.account_id, k.stream_id)
    INTO wrong FROM (SELECT DISTINCT account_id, stream_id FROM new_rows) k
    LEFT JOIN invoicing_ledgeraccount a ON a.code = k.account_id
    LEFT JOIN invoicing_incomestream s ON s.code = k.stream_id
    WHERE a.code IS NULL OR s.code IS NULL LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT array_agg(DISTINCT consumer_id) INTO consumers FROM new_rows;
    PERFORM invoicing_name_parties(consumers);
    RETURN NULL;
END
""",
)

FUNCTIONS = [DIGEST, DOCUMENT_GUARD, DOCUMENT_NAMES, DOCUMENT_ADDS_UP, PART_GUARD, PART_ADDED, LINE_ADDED]


def _statement(name: str, table: str, event: str, function: Function) -> Trigger:
    return Trigger(name, table, "AFTER", event, "STATEMENT", function.name, "new_rows")


TRIGGERS = [
    Trigger(
        "invoicing_document_guard",
        "invoicing_document",
        "BEFORE",
        "DELETE OR UPDATE",
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
    _statement("invoicing_document_adds_up", "invoicing_document", "UPDATE", DOCUMENT_ADDS_UP),
    _statement("invoicing_document_names", "invoicing_document", "INSERT", DOCUMENT_NAMES),
    *(
        trigger
        for table, added in (("invoicing_documentline", LINE_ADDED), ("invoicing_vatgroup", PART_ADDED))
        for trigger in (
            Trigger(f"{table}_guard", table, "BEFORE", "DELETE OR UPDATE", "ROW", PART_GUARD.name),
            Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", PART_GUARD.name),
            _statement(f"{table}_added", table, "INSERT", added),
            _statement(f"{table}_changed", table, "UPDATE", added),
        )
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
