"""The guard of licences: kept, as they were granted; what ended them stays."""

from marketplace.core.triggers import Function, Trigger, declare

LICENCE_KEPT = Function(
    "trading_licence_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: licences are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['revoked_on', 'reminded_on'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['revoked_on', 'reminded_on']
        OR (OLD.revoked_on IS NOT NULL AND NEW.revoked_on IS DISTINCT FROM OLD.revoked_on)
        OR (OLD.reminded_on IS NOT NULL AND NEW.reminded_on IS DISTINCT FROM OLD.reminded_on) THEN
        RAISE EXCEPTION 'licence % stays as it was granted, ended and announced', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [LICENCE_KEPT]
_TABLE = "trading_licence"
TRIGGERS = [
    Trigger(f"{_TABLE}_kept", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", LICENCE_KEPT.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", LICENCE_KEPT.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
