"""What the database keeps true of retainers: terms stay as agreed, days are taken within their time and never twice."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

MOVES = legal_moves(
    "trading_guard_retainer_moves",
    {"trading_retainer": [("offered", "running"), ("offered", "declined"), ("running", "ended")]},
)
TERMS = Function(
    "trading_guard_retainer_terms",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'retainer % is never deleted', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.number, NEW.school_id, NEW.consultant_id, NEW.title, NEW.unit, NEW.quantity, NEW.sell_pence, NEW.buy_pence,
        NEW.every, NEW.periods, NEW.valid_from, NEW.valid_to, NEW.unused, NEW.owed)
        IS DISTINCT FROM
        (OLD.number, OLD.school_id, OLD.consultant_id, OLD.title, OLD.unit, OLD.quantity, OLD.sell_pence, OLD.buy_pence,
        OLD.every, OLD.periods, OLD.valid_from, OLD.valid_to, OLD.unused, OLD.owed)
        OR (OLD.school_agreed_on IS NOT NULL AND NEW.school_agreed_on IS DISTINCT FROM OLD.school_agreed_on)
        OR (OLD.provider_agreed_on IS NOT NULL AND NEW.provider_agreed_on IS DISTINCT FROM OLD.provider_agreed_on) THEN
        RAISE EXCEPTION 'retainer %: what was offered and agreed never changes', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
PERIOD = Function(
    "trading_guard_retainer_period",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'retainer period % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_on IS NOT NULL AND NEW IS DISTINCT FROM OLD
        OR (NEW.retainer_id, NEW.ordinal, NEW.starts_on, NEW.ends_on, NEW.usable_to, NEW.engagement_id)
        IS DISTINCT FROM
        (OLD.retainer_id, OLD.ordinal, OLD.starts_on, OLD.ends_on, OLD.usable_to, OLD.engagement_id) THEN
        RAISE EXCEPTION 'retainer period %: its time and its booking never change, nor what lapsed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
# A day of a retainer is taken while it may be: not before its period, not when it has lapsed.
TAKEN = Function(
    "trading_guard_retainer_date",
    """
DECLARE
    held record;
    on_day date := (NEW.starts_at AT TIME ZONE 'Europe/London')::date;
BEGIN
    IF NEW.state = 'cancelled' OR (TG_OP = 'UPDATE' AND NEW.starts_at = OLD.starts_at) THEN
        RETURN NEW;
    END IF;
    SELECT starts_on, usable_to, closed_on INTO held FROM trading_retainerperiod
    WHERE engagement_id = NEW.engagement_id FOR SHARE;
    IF FOUND AND (on_day < held.starts_on OR on_day >= held.usable_to OR held.closed_on IS NOT NULL) THEN
        RAISE EXCEPTION 'date on %: the days of this retainer may be taken from % to before %', on_day,
            held.starts_on, held.usable_to USING ERRCODE = 'check_violation', CONSTRAINT = 'retainer_days_in_time';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [MOVES, TERMS, PERIOD, TAKEN]
TRIGGERS = [
    Trigger("trading_retainer_moves", "trading_retainer", "BEFORE", "UPDATE OF state", "ROW", MOVES.name),
    Trigger("trading_retainer_terms", "trading_retainer", "BEFORE", "DELETE OR UPDATE", "ROW", TERMS.name),
    Trigger("trading_retainerperiod_kept", "trading_retainerperiod", "BEFORE", "DELETE OR UPDATE", "ROW", PERIOD.name),
    Trigger(
        "trading_engagementdate_retained", "trading_engagementdate", "BEFORE", "INSERT OR UPDATE", "ROW", TAKEN.name
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
