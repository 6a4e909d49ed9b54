"""The guards of payee accounts: what was asked stays, what was confirmed is frozen, nothing is removed."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

PAYEE_MOVES = legal_moves(
    "invoicing_payee_moves",
    {
        "invoicing_payeeaccount": [("asked", "confirmed"), ("asked", "refused"), ("confirmed", "replaced")],
    },
)
PAYEE_KEPT = Function(
    "invoicing_payee_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: it is kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['state', 'confirmed_by_id', 'confirmed_on', 'how_checked', 'usable_from', 'refused_reason']
        IS DISTINCT FROM
        to_jsonb(OLD) - ARRAY['state', 'confirmed_by_id', 'confirmed_on', 'how_checked', 'usable_from', 'refused_reason']
        OR OLD.state <> 'asked' AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'payee account % stays as it was; ask a new version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
HOLD_KEPT = Function(
    "invoicing_hold_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.lifted_on IS NOT NULL
        OR to_jsonb(NEW) - 'lifted_on' IS DISTINCT FROM to_jsonb(OLD) - 'lifted_on' THEN
        RAISE EXCEPTION '% of % is refused: a hold is lifted once', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [PAYEE_MOVES, PAYEE_KEPT, HOLD_KEPT]
_ACCOUNT, _HOLD = "invoicing_payeeaccount", "invoicing_paymenthold"
TRIGGERS = [
    Trigger(f"{_ACCOUNT}_kept", _ACCOUNT, "BEFORE", "DELETE OR UPDATE", "ROW", PAYEE_KEPT.name),
    Trigger(f"{_ACCOUNT}_moves", _ACCOUNT, "BEFORE", "UPDATE", "ROW", PAYEE_MOVES.name),
    Trigger(f"{_ACCOUNT}_no_truncate", _ACCOUNT, "BEFORE", "TRUNCATE", "STATEMENT", PAYEE_KEPT.name),
    Trigger(f"{_HOLD}_kept", _HOLD, "BEFORE", "DELETE OR UPDATE", "ROW", HOLD_KEPT.name),
    Trigger(f"{_HOLD}_no_truncate", _HOLD, "BEFORE", "TRUNCATE", "STATEMENT", HOLD_KEPT.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
