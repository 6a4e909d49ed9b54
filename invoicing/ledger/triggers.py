"""The guards of the ledger in the database.

A movement's references are held by one guard for all rows of a statement instead of a foreign key for each row; what
they refer to is never deleted and never gets another key (decision 11). Guards that join large tables do so by EXECUTE:
a plan that was made while a table was small is not kept for when it is large.
"""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

ENTRY_WRITTEN_NOW = Function(
    "invoicing_entry_written_now",
    """
BEGIN
    IF EXISTS (
        SELECT 1 FROM new_rows
        WHERE written_xid <> pg_current_xact_id() OR written_at <> transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'a journal entry carries the transaction that writes it and no other'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)

# Real foreign key, once for each organisation: the row that is inserted here refers to it. In the order of ids, so
# that two transactions that name the same new organisations cannot wait for each other.
NAME_PARTIES = Function(
    "invoicing_name_parties",
    """
BEGIN
    INSERT INTO invoicing_ledgerparty (organisation_id)
    SELECT DISTINCT given.id FROM unnest(ids) AS given(id)
    WHERE given.id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM invoicing_ledgerparty known WHERE known.organisation_id = given.id)
    ORDER BY given.id
    ON CONFLICT DO NOTHING;
END
""",
    arguments="ids bigint[]",
    returns="void",
)

MOVEMENT_WITH_ENTRY = Function(
    "invoicing_movement_with_entry",
    """
DECLARE
    missing bigint;
    late bigint;
    wrong text;
    parties bigint[];
BEGIN
    EXECUTE $q$
        SELECT min(m.entry_id) FILTER (WHERE e.id IS NULL),
               min(m.entry_id) FILTER (WHERE e.written_xid <> pg_current_xact_id()
                                          OR e.written_at <> transaction_timestamp())
        FROM (SELECT DISTINCT entry_id FROM new_rows) m LEFT JOIN invoicing_journalentry e ON e.id = m.entry_id
    $q$ INTO missing, late;
    IF late IS NOT NULL THEN
        RAISE EXCEPTION 'a movement is written in the transaction of its entry, never added later'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'movement_entry: there is no journal entry %', missing USING ERRCODE = 'foreign_key_violation';
    END IF;
    WITH kinds AS (
        SELECT DISTINCT debit_account_id, debit_control, credit_account_id, credit_control, stream_id FROM new_rows
    )
    SELECT CASE
        WHEN d.code IS NULL THEN format('movement_debit_account: there is no account %s with control %s',
                                        k.debit_account_id, k.debit_control)
        WHEN c.code IS NULL THEN format('movement_credit_account: there is no account %s with control %s',
                                        k.credit_account_id, k.credit_control)
        ELSE format('movement_stream: there is no income stream %s', k.stream_id) END INTO wrong
    FROM kinds k
    LEFT JOIN invoicing_ledgeraccount d ON d.code = k.debit_account_id AND d.control = k.debit_control
    LEFT JOIN invoicing_ledgeraccount c ON c.code = k.credit_account_id AND c.control = k.credit_control
    LEFT JOIN invoicing_incomestream s ON s.code = k.stream_id
    WHERE d.code IS NULL OR c.code IS NULL OR (k.stream_id IS NOT NULL AND s.code IS NULL)
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT array_agg(id) INTO parties
    FROM (SELECT debit_party_id AS id FROM new_rows UNION SELECT credit_party_id FROM new_rows) named;
    PERFORM invoicing_name_parties(parties);
    RETURN NULL;
END
""",
)

CHART_KEPT = Function(
    "invoicing_chart_kept",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.code = OLD.code AND (to_jsonb(NEW) -> 'control') IS NOT DISTINCT FROM (to_jsonb(OLD) -> 'control') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: the books name its codes for ever', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

FUNCTIONS = [ENTRY_WRITTEN_NOW, NAME_PARTIES, MOVEMENT_WITH_ENTRY, CHART_KEPT]
TRIGGERS = [
    *frozen_table("invoicing_journalentry"),
    *frozen_table("invoicing_movement"),
    Trigger(
        "invoicing_journalentry_written_now",
        "invoicing_journalentry",
        "AFTER",
        "INSERT",
        "STATEMENT",
        ENTRY_WRITTEN_NOW.name,
        "new_rows",
    ),
    Trigger(
        "invoicing_movement_with_entry",
        "invoicing_movement",
        "AFTER",
        "INSERT",
        "STATEMENT",
        MOVEMENT_WITH_ENTRY.name,
        "new_rows",
    ),
]
# Since migration 0004, when foreign keys of each row gave way to guards of the statement.
REFERENCE_TRIGGERS = [
    *frozen_table("invoicing_ledgerparty"),
    *(
        trigger
        for table, columns in (("invoicing_ledgeraccount", "code, control"), ("invoicing_incomestream", "code"))
        for trigger in (
            Trigger(f"{table}_kept", table, "BEFORE", f"DELETE OR UPDATE OF {columns}", "ROW", CHART_KEPT.name),
            Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", CHART_KEPT.name),
        )
    ),
]
declare(functions=FUNCTIONS, triggers=[*TRIGGERS, *REFERENCE_TRIGGERS])
