"""The guards of settlements: only legal moves, what was prepared stays, lines never change, a sale is recorded once."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

_LEGAL = "('prepared', 'approved'), ('prepared', 'withdrawn'), ('approved', 'paid')"
_LATER = (
    "ARRAY['state', 'reason', 'decided_by_id', 'decided_on', 'fee_invoice_id', 'fee_entry_id', 'paid_on', 'paid_from_id',"
    " 'paid_reference', 'paid_entry_id']"
)
SETTLEMENT_MOVES = Function(
    "invoicing_agencysettlement_moves",
    f"""
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a settlement begins as prepared' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: settlements are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN ({_LEGAL}) THEN
        RAISE EXCEPTION '%: from % to % is no legal move', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - {_LATER} IS DISTINCT FROM to_jsonb(OLD) - {_LATER}
        OR (OLD.state = 'approved' AND (NEW.decided_by_id, NEW.decided_on, NEW.fee_invoice_id, NEW.fee_entry_id)
            IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_on, OLD.fee_invoice_id, OLD.fee_entry_id)) THEN
        RAISE EXCEPTION '% stays as it was prepared and approved', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# Lines come with their settlement, in its own transaction: once it is approved, none is added.
LINE_ADDED = Function(
    "invoicing_agencysettlementline_added",
    """
BEGIN
    PERFORM 1 FROM invoicing_agencysettlement s WHERE s.id = NEW.settlement_id AND s.state = 'prepared' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a line belongs to a settlement that waits for approval' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [SETTLEMENT_MOVES, LINE_ADDED]
_HEAD, _LINE = "invoicing_agencysettlement", "invoicing_agencysettlementline"
TRIGGERS = [
    Trigger(f"{_HEAD}_moves", _HEAD, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", SETTLEMENT_MOVES.name),
    Trigger(f"{_HEAD}_no_truncate", _HEAD, "BEFORE", "TRUNCATE", "STATEMENT", SETTLEMENT_MOVES.name),
    Trigger(f"{_LINE}_added", _LINE, "BEFORE", "INSERT", "ROW", LINE_ADDED.name),
    *frozen_table(_LINE),
    *frozen_table("invoicing_agencysale"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
