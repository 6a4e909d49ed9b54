"""What the database keeps true of subscription levels: what a school has is never written anew."""

from marketplace.core.triggers import Function, Trigger, declare

USED_VERSION = Function(
    "subscriptions_guard_plan_version",
    """
BEGIN
    IF OLD.used THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'plan version % is in use and is never deleted', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF (to_jsonb(NEW) - 'valid_to') <> (to_jsonb(OLD) - 'valid_to')
            OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to) THEN
            RAISE EXCEPTION 'plan version % is in use and is frozen: end it and write a new one', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)

# The version's row is locked first, so that nothing is put into it while somebody takes it.
ENTITLEMENT = Function(
    "subscriptions_guard_entitlement",
    """
DECLARE
    touched bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
                        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
    in_use boolean;
BEGIN
    PERFORM 1 FROM subscriptions_planversion WHERE id = ANY (touched) ORDER BY id FOR SHARE;
    SELECT bool_or(v.used) INTO in_use FROM subscriptions_planversion v WHERE v.id = ANY (touched);
    IF in_use THEN
        RAISE EXCEPTION 'plan version % is in use: what it includes is frozen', touched[1]
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [USED_VERSION, ENTITLEMENT]
TRIGGERS = [
    Trigger(
        "subscriptions_planversion_used",
        "subscriptions_planversion",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_plan_version",
    ),
    Trigger(
        "subscriptions_entitlement_frozen",
        "subscriptions_entitlement",
        "BEFORE",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_entitlement",
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
