"""The guards of what two people decide: only legal moves, lines only while it may still be changed, nothing deleted."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

_MOVES = {
    "draft": ("submitted",),
    "submitted": ("approved", "sent_back"),
    "sent_back": ("submitted", "cancelled"),
    "approved": ("cancelled",),
}
_LEGAL = ", ".join(f"('{start}', '{end}')" for start, ends in _MOVES.items() for end in ends)


_DECIDED = "'state', 'approved_by_id', 'sent_back_reason', 'entry_id'"


def _head(name: str, *, stays: str, later: str) -> Function:
    """The guard of a head row: ``later`` are the columns that may still change once it is approved."""
    return Function(
        name,
        f"""
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: it is kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF ({stays.format(row="NEW")}) IS DISTINCT FROM ({stays.format(row="OLD")}) THEN
        RAISE EXCEPTION '%: its number and who prepared it stay', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_LEGAL}) THEN
        RAISE EXCEPTION '%: from % to % is no legal move', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'cancelled' OR (OLD.state = 'approved' AND
        to_jsonb(NEW) - ARRAY['state', {later}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', {later}])
        OR (OLD.state = 'submitted' AND
        to_jsonb(NEW) - ARRAY[{_DECIDED}, {later}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{_DECIDED}, {later}]) THEN
        RAISE EXCEPTION '%: what was handed in does not change; send it back first', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
    )


JOURNAL = _head(
    "invoicing_manualjournal_moves",
    stays="{row}.id, {row}.number, {row}.prepared_by_id",
    later="'reversal_id'",
)
PURCHASE = _head(
    "invoicing_purchase_moves",
    stays="{row}.id, {row}.number, {row}.prepared_by_id, {row}.opening",
    later="'outstanding_pence'",
)
OPENING = _head(
    "invoicing_openingposition_moves",
    stays="{row}.id, {row}.number, {row}.prepared_by_id, {row}.content, {row}.sha256, {row}.on",
    later="'state'",
)


def _lines(name: str, parent: str, key: str) -> Function:
    """Lines come, change and go only while their head is a draft or was sent back."""
    return Function(
        name,
        f"""
DECLARE
    decided text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: it is kept', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT min(held.number) FILTER (WHERE held.state NOT IN ('draft', 'sent_back')) INTO decided FROM (
        SELECT number, state FROM {parent}
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.{key} END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.{key} END)
        FOR SHARE) held;
    IF decided IS NOT NULL THEN
        RAISE EXCEPTION '%: its lines do not change once it is handed in', decided
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
""",
    )


JOURNAL_LINES = _lines("invoicing_manualjournalline_open", "invoicing_manualjournal", "journal_id")
PURCHASE_LINES = _lines("invoicing_purchaseline_open", "invoicing_purchase", "purchase_id")

PAYMENT = Function(
    "invoicing_purchasepayment_stays",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_on IS NULL AND to_jsonb(NEW) - ARRAY['undone_on', 'undone_entry_id']
            = to_jsonb(OLD) - ARRAY['undone_on', 'undone_entry_id'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a payment is undone, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

FUNCTIONS = [JOURNAL, PURCHASE, OPENING, JOURNAL_LINES, PURCHASE_LINES, PAYMENT]


def _kept(table: str, function: Function) -> list[Trigger]:
    return [
        Trigger(f"{table}_moves", table, "BEFORE", "DELETE OR UPDATE", "ROW", function.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", function.name),
    ]


def _open(table: str, function: Function) -> list[Trigger]:
    return [
        Trigger(f"{table}_open", table, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", function.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", function.name),
    ]


TRIGGERS = [
    *_kept("invoicing_manualjournal", JOURNAL),
    *_kept("invoicing_purchase", PURCHASE),
    *_kept("invoicing_openingposition", OPENING),
    *_open("invoicing_manualjournalline", JOURNAL_LINES),
    *_open("invoicing_purchaseline", PURCHASE_LINES),
    *_kept("invoicing_purchasepayment", PAYMENT),
    *frozen_table("invoicing_openingplaces"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
