"""The guards of council journals: legal moves alone, what was prepared stays, nothing is deleted."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

_MOVES = "('draft', 'sent'), ('draft', 'withdrawn'), ('sent', 'confirmed'), ('sent', 'withdrawn')"

JOURNAL = Function(
    "invoicing_counciljournal_moves",
    f"""
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: it is kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_MOVES}) THEN
        RAISE EXCEPTION '%: from % to % is no legal move', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.number, NEW.authority_id, NEW.prepared_on, NEW.net_pence, NEW.vat_pence, NEW.gross_pence)
        IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.authority_id, OLD.prepared_on, OLD.net_pence, OLD.vat_pence, OLD.gross_pence)
       OR (OLD.state IN ('confirmed', 'withdrawn') AND
           to_jsonb(NEW) - 'received_pence' IS DISTINCT FROM to_jsonb(OLD) - 'received_pence') THEN
        RAISE EXCEPTION '%: what was prepared, confirmed or withdrawn does not change', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

ITEM = Function(
    "invoicing_counciljournalitem_stays",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.live AND to_jsonb(NEW) - ARRAY['live', 'settled_pence']
            = to_jsonb(OLD) - ARRAY['live', 'settled_pence'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: an item stays on its journal as it was prepared', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

RECEIPT = Function(
    "invoicing_counciljournalreceipt_stays",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_on IS NULL AND to_jsonb(NEW) - ARRAY['undone_on', 'undone_entry_id']
            = to_jsonb(OLD) - ARRAY['undone_on', 'undone_entry_id'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: what was received is undone, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

# An item or a line comes with its journal's preparation and never later.
ADDED = Function(
    "invoicing_counciljournal_items_with_it",
    """
DECLARE
    decided text;
BEGIN
    IF TG_TABLE_NAME = 'invoicing_counciljournalitem' THEN
        SELECT number INTO decided FROM invoicing_counciljournal WHERE id = NEW.journal_id AND state <> 'draft';
    ELSE
        SELECT j.number INTO decided FROM invoicing_counciljournal j
        JOIN invoicing_counciljournalitem i ON i.journal_id = j.id WHERE i.id = NEW.part_id AND j.state <> 'draft';
    END IF;
    IF decided IS NOT NULL THEN
        RAISE EXCEPTION '%: nothing is added to it once it was sent', decided USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [JOURNAL, ITEM, RECEIPT, ADDED]


def _kept(table: str, function: Function) -> list[Trigger]:
    return [
        Trigger(f"{table}_kept", table, "BEFORE", "DELETE OR UPDATE", "ROW", function.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", function.name),
    ]


TRIGGERS = [
    *_kept("invoicing_counciljournal", JOURNAL),
    *_kept("invoicing_counciljournalitem", ITEM),
    *_kept("invoicing_counciljournalreceipt", RECEIPT),
    *frozen_table("invoicing_counciljournalline"),
    *(
        Trigger(f"{table}_added", table, "BEFORE", "INSERT", "ROW", ADDED.name)
        for table in ("invoicing_counciljournalitem", "invoicing_counciljournalline")
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
