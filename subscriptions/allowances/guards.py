"""The guards of allowances: whatever moves writes its movement, in the same statement, and movements stay."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

_DAY = "coalesce(NEW.moved_on, (transaction_timestamp() AT TIME ZONE 'Europe/London')::date)"
_WHO = "NEW.moved_by_id, NEW.moved_why"

ALLOWANCE_MOVES = Function(
    "subscriptions_allowance_moves",
    f"""
DECLARE
    was subscriptions_allowance%ROWTYPE;
    given integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    END IF;
    given := NEW.granted - NEW.carried_in - coalesce(was.granted - was.carried_in, 0);
    INSERT INTO subscriptions_allowancemovement (allowance_id, kind, units, "on", at, person_id, note)
    SELECT NEW.id, moved.kind, moved.units, {_DAY}, transaction_timestamp(), {_WHO}
    FROM (VALUES
        (1, 'granted', greatest(given, 0)),
        (2, 'reduced', greatest(-given, 0)),
        (3, 'carried_in', NEW.carried_in - coalesce(was.carried_in, 0)),
        (4, 'expired', NEW.expired - coalesce(was.expired, 0)),
        (5, 'carried_over', NEW.carried - coalesce(was.carried, 0))
    ) AS moved(step, kind, units)
    WHERE moved.units <> 0
    ORDER BY moved.step;
    RETURN NULL;
END
""",
)

USE_MOVES = Function(
    "subscriptions_allowanceuse_moves",
    f"""
DECLARE
    was subscriptions_allowanceuse%ROWTYPE;
    used integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO subscriptions_allowancemovement (allowance_id, use_id, kind, units, "on", at, person_id, note)
        VALUES (NEW.allowance_id, NEW.id, 'reserved', NEW.places, NEW."on", transaction_timestamp(), {_WHO});
    ELSE
        was := OLD;
    END IF;
    used := CASE WHEN NEW.consumed THEN NEW.places - NEW.released ELSE 0 END
          - CASE WHEN was.consumed THEN was.places - was.released ELSE 0 END;
    INSERT INTO subscriptions_allowancemovement (allowance_id, use_id, kind, units, "on", at, person_id, note)
    SELECT NEW.allowance_id, NEW.id, moved.kind, moved.units, {_DAY}, transaction_timestamp(), {_WHO}
    FROM (VALUES
        (1, 'consumed', least(used, 0)),
        (2, 'released', NEW.released - coalesce(was.released, 0)),
        (3, 'consumed', greatest(used, 0))
    ) AS moved(step, kind, units)
    WHERE moved.units <> 0
    ORDER BY moved.step;
    RETURN NULL;
END
""",
)

USE_KEPT = Function(
    "subscriptions_allowanceuse_kept",
    """
BEGIN
    IF TG_OP <> 'UPDATE' OR (OLD.allowance_id, OLD.source_key, OLD.places, OLD."on")
        IS DISTINCT FROM (NEW.allowance_id, NEW.source_key, NEW.places, NEW."on") THEN
        RAISE EXCEPTION '% of % is refused: what was kept stays, it is given back or used', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

_ALLOWANCE, _USE, _MOVEMENT = (
    "subscriptions_allowance",
    "subscriptions_allowanceuse",
    "subscriptions_allowancemovement",
)
FUNCTIONS = [ALLOWANCE_MOVES, USE_MOVES, USE_KEPT]
TRIGGERS = [
    Trigger(
        f"{_ALLOWANCE}_moves",
        _ALLOWANCE,
        "AFTER",
        "INSERT OR UPDATE OF granted, carried_in, expired, carried",
        "ROW",
        ALLOWANCE_MOVES.name,
    ),
    Trigger(f"{_USE}_moves", _USE, "AFTER", "INSERT OR UPDATE OF released, consumed", "ROW", USE_MOVES.name),
    Trigger(f"{_USE}_kept", _USE, "BEFORE", "DELETE OR UPDATE", "ROW", USE_KEPT.name),
    *frozen_table(_MOVEMENT),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
