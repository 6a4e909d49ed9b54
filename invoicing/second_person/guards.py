"""The guards of prepared actions: what was prepared stays as it was, is decided once, and is never removed."""

from marketplace.core.triggers import Function, Trigger, declare

PREPARED_STAYS = Function(
    "invoicing_prepared_stays",
    """
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '% of % is refused: what was prepared is kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'waiting' OR (NEW.id, NEW.action, NEW.organisation_id, NEW.subject, NEW.pence, NEW.arguments,
                                  NEW.reason, NEW.prepared_by_id, NEW.prepared_at)
        IS DISTINCT FROM (OLD.id, OLD.action, OLD.organisation_id, OLD.subject, OLD.pence, OLD.arguments,
                          OLD.reason, OLD.prepared_by_id, OLD.prepared_at) THEN
        RAISE EXCEPTION 'what was prepared stays as it was and is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [PREPARED_STAYS]
_TABLE = "invoicing_preparedaction"
TRIGGERS = [
    Trigger(f"{_TABLE}_stays", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", PREPARED_STAYS.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", PREPARED_STAYS.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
