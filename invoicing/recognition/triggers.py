"""The guards of deferred income: a deferral repeats its line, and only what is released or taken back ever changes."""

from marketplace.core.triggers import Function, Trigger, declare

# Set-wise in place of foreign keys of each row (decision 11); EXECUTE, so that no plan of a small table is kept.
DEFERRAL_OF_LINE = Function(
    "invoicing_deferral_of_line",
    """
DECLARE
    wrong text;
    taken_over bigint[];
BEGIN
    EXECUTE $q$
        SELECT min(n.source_key) FROM new_rows n
        LEFT JOIN invoicing_documentline l ON l.id = n.line_id
        LEFT JOIN invoicing_document d ON d.id = l.document_id AND d.state = 'issued' AND d.kind = 'invoice'
        WHERE n.open_pence <> n.pence OR n.line_id IS NOT NULL AND (d.id IS NULL
           OR (n.organisation_id, n.account_id, n.stream_id, n.analysis_code, n.pence, n.since)
              IS DISTINCT FROM (d.customer_id, l.account_id, l.stream_id, l.analysis_code, l.net_pence, d.tax_point))
    $q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'deferral_line: % is not deferred as its line of an issued invoice says', wrong
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT array_agg(organisation_id) INTO taken_over FROM new_rows WHERE line_id IS NULL;
    PERFORM invoicing_name_parties(taken_over);
    RETURN NULL;
END
""",
)

DEFERRAL_STAYS = Function(
    "invoicing_deferral_stays",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: what was deferred is kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.open_pence > OLD.open_pence
        OR to_jsonb(NEW) - 'open_pence' IS DISTINCT FROM to_jsonb(OLD) - 'open_pence' THEN
        RAISE EXCEPTION 'deferral %: nothing but what is open changes, and it only falls', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

PART_OF_DEFERRAL = Function(
    "invoicing_part_of_deferral",
    """
DECLARE
    wrong bigint;
BEGIN
    EXECUTE $q$
        SELECT min(n.deferral_id) FROM (SELECT DISTINCT deferral_id FROM new_rows) n
        LEFT JOIN invoicing_deferral d ON d.id = n.deferral_id WHERE d.id IS NULL
    $q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'part_deferral: there is no deferral %', wrong USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
""",
)

# A part moves from waiting to released, once; while it waits it is cancelled, afterwards reversed, and never put back.
# What waits for a day of delivery waits for another where the delivery was moved; every other day stays.
PART_STAYS = Function(
    "invoicing_part_stays",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: what was deferred is kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.deferral_id <> OLD.deferral_id OR NEW.pence <> OLD.pence OR NEW.source_key <> OLD.source_key THEN
        RAISE EXCEPTION 'part %: its day and its amount stay', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.income_on <> OLD.income_on AND (OLD.state <> 'waiting' OR NEW.state <> 'waiting' OR NOT EXISTS (
            SELECT FROM invoicing_deferral d WHERE d.id = OLD.deferral_id AND d.pattern = 'on_date')) THEN
        RAISE EXCEPTION 'part %: its day and its amount stay', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.cancelled_pence < OLD.cancelled_pence OR NEW.reversed_pence < OLD.reversed_pence
        OR (OLD.state = 'released' AND (NEW.state <> 'released' OR NEW.entry_id <> OLD.entry_id
            OR NEW.cancelled_pence <> OLD.cancelled_pence)) THEN
        RAISE EXCEPTION 'part % is % and does not go back', OLD.id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [DEFERRAL_OF_LINE, DEFERRAL_STAYS, PART_OF_DEFERRAL, PART_STAYS]
TRIGGERS = [
    trigger
    for table, whole, stays in (
        ("invoicing_deferral", DEFERRAL_OF_LINE, DEFERRAL_STAYS),
        ("invoicing_deferralpart", PART_OF_DEFERRAL, PART_STAYS),
    )
    for trigger in (
        Trigger(f"{table}_whole", table, "AFTER", "INSERT", "STATEMENT", whole.name, "new_rows"),
        Trigger(f"{table}_stays", table, "BEFORE", "DELETE OR UPDATE", "ROW", stays.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", stays.name),
    )
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
