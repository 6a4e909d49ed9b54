"""The guards of payables: what was agreed stays, only legal moves, what moved or reduced them is never changed."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

PAYABLE_KEPT = Function(
    "invoicing_payable_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: payables are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'cancelled' THEN
        RAISE EXCEPTION 'payable %: what was cancelled stays so', OLD.source_key USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['state', 'reduced_pence', 'owed_pence']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'reduced_pence', 'owed_pence']
        OR NEW.reduced_pence < OLD.reduced_pence THEN
        RAISE EXCEPTION 'payable %: what was agreed stays; reduce it or owe anew', OLD.source_key
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [PAYABLE_KEPT]
_TABLE = "invoicing_payable"
TRIGGERS = [
    Trigger(f"{_TABLE}_kept", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", PAYABLE_KEPT.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", PAYABLE_KEPT.name),
    *frozen_table("invoicing_payablemove"),
    *frozen_table("invoicing_payablereduction"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
