"""The guards of the ledger in the database."""

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

MOVEMENT_WITH_ENTRY = Function(
    "invoicing_movement_with_entry",
    """
BEGIN
    IF EXISTS (
        SELECT 1 FROM new_rows m
        JOIN invoicing_journalentry e ON e.id = m.entry_id
        WHERE e.written_xid <> pg_current_xact_id() OR e.written_at <> transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'a movement is written in the transaction of its entry, never added later'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)

FUNCTIONS = [ENTRY_WRITTEN_NOW, MOVEMENT_WITH_ENTRY]
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
declare(functions=FUNCTIONS, triggers=TRIGGERS)
