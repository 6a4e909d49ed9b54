"""The guards of visits: a record that was decided stays as it was; what was charged and given back is never changed."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

LEGAL = {
    "trading_visit": [
        ("draft", "submitted"), ("submitted", "queried"), ("submitted", "agreed"), ("submitted", "taken"),
        ("queried", "submitted"), ("queried", "agreed"),
    ],
}  # fmt: skip
STATE = legal_moves("trading_guard_visit_state", LEGAL)
KEPT = Function(
    "trading_visit_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: visits are kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('agreed', 'taken') AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        RAISE EXCEPTION 'visit %: what was agreed stays; give money back instead', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
CHARGE_KEPT = Function(
    "trading_visit_charge_kept",
    """
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'used' = to_jsonb(OLD) - 'used' AND (NEW.used OR NOT OLD.used) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is refused: what a visit was charged stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)
FUNCTIONS = [STATE, KEPT, CHARGE_KEPT]
TRIGGERS = [
    Trigger("trading_visit_state", "trading_visit", "BEFORE", "UPDATE", "ROW", STATE.name),
    Trigger("trading_visit_kept", "trading_visit", "BEFORE", "DELETE OR UPDATE", "ROW", KEPT.name),
    Trigger("trading_visit_no_truncate", "trading_visit", "BEFORE", "TRUNCATE", "STATEMENT", KEPT.name),
    Trigger(
        "trading_visitcharge_kept", "trading_visitcharge", "BEFORE", "DELETE OR UPDATE", "ROW", CHARGE_KEPT.name
    ),
    Trigger(
        "trading_visitcharge_no_truncate", "trading_visitcharge", "BEFORE", "TRUNCATE", "STATEMENT", CHARGE_KEPT.name
    ),
    *frozen_table("trading_visitreturn"),
]  # fmt: skip
declare(functions=FUNCTIONS, triggers=TRIGGERS)
