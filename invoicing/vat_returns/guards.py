"""The guards of VAT returns: a return moves forward only, what was locked stays, and nothing of it is removed."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

_KEPT = 'id, start, "end", prepared_by_id, prepared_at'
_LOCKED = (
    "locked_by_id, locked_at, sales_vat_pence, purchases_vat_pence, sales_net_pence, purchases_net_pence, entry_id"
)


def _row(side: str, columns: str) -> str:
    return "(" + ", ".join(f"{side}.{column}" for column in columns.split(", ")) + ")"


MOVES = Function(
    "invoicing_vatreturn_moves",
    f"""
DECLARE
    taken_to date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a VAT return begins by being prepared' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: VAT returns are kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('prepared', 'locked'), ('prepared', 'withdrawn'), ('locked', 'sent'))
        OR {_row("NEW", _KEPT)} IS DISTINCT FROM {_row("OLD", _KEPT)}
        OR (OLD.state = 'locked' AND {_row("NEW", _LOCKED)} IS DISTINCT FROM {_row("OLD", _LOCKED)}) THEN
        RAISE EXCEPTION 'VAT return to %: from % to % is no legal move', OLD."end", OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'locked' THEN
        SELECT max(r."end") INTO taken_to FROM invoicing_vatreturn r WHERE r.state IN ('locked', 'sent');
        IF NEW.start <> coalesce(taken_to, NEW.start) THEN
            RAISE EXCEPTION 'VAT returns follow each other without a gap' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [MOVES]
_TABLE = "invoicing_vatreturn"
TRIGGERS = [
    Trigger(f"{_TABLE}_moves", _TABLE, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", MOVES.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", MOVES.name),
    *frozen_table("invoicing_vatreturnentry"),
    *frozen_table("invoicing_vatreturnpart"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
