"""The database guards of consultant bookings.

A date is made, or moved to another day, only for a day on which the consultant is accredited; a booking only on such a
day. What was agreed stays as it was agreed; dates never take more than was agreed; states move along their arrows.
"""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

LEGAL: dict[str, list[tuple[str, str]]] = {
    "trading_engagement": [("agreed", "done"), ("agreed", "cancelled"), ("done", "agreed")],
    "trading_engagementdate": [
        ("planned", "written_up"),
        ("planned", "cancelled"),
        ("written_up", "queried"),
        ("written_up", "agreed"),
        ("queried", "written_up"),
        ("queried", "agreed"),
        ("queried", "cancelled"),
    ],
    "trading_consultantrequest": [
        ("sent", "answered"),
        ("sent", "withdrawn"),
        ("sent", "lapsed"),
        ("answered", "agreed"),
        ("answered", "withdrawn"),
        ("answered", "lapsed"),
    ],
    "trading_consultantquote": [
        ("asked", "quoted"),
        ("asked", "declined"),
        ("asked", "not_chosen"),
        ("quoted", "accepted"),
        ("quoted", "declined"),
        ("quoted", "not_chosen"),
    ],
}

STATE = legal_moves("trading_guard_engagement_state", LEGAL)

# One day's accreditation is asked of the floor below; what is found is written on the row as the proof of it.
DATE = Function(
    "trading_guard_engagement_date",
    """
DECLARE
    booked record;
    taken numeric;
    on_day date := (NEW.starts_at AT TIME ZONE 'Europe/London')::date;
BEGIN
    SELECT * INTO booked FROM trading_engagement WHERE id = NEW.engagement_id FOR NO KEY UPDATE;
    IF NEW.state <> 'cancelled' THEN
        IF TG_OP = 'INSERT' OR OLD.accredited_for IS DISTINCT FROM on_day THEN
            IF NOT providers_accredited(booked.consultant_id, on_day) THEN
                RAISE EXCEPTION 'consultant % is not accredited on %', booked.consultant_id, on_day
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_date_accredited';
            END IF;
            NEW.accredited_for := on_day;
        END IF;
        SELECT coalesce(sum(quantity), 0) INTO taken FROM trading_engagementdate
        WHERE engagement_id = NEW.engagement_id AND state <> 'cancelled' AND id <> NEW.id;
        IF taken + NEW.quantity > booked.quantity THEN
            RAISE EXCEPTION 'booking %: % of % are planned, % more are too many', booked.number, taken,
                booked.quantity, NEW.quantity
                USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_dates_within_quantity';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state = 'cancelled' OR NEW.engagement_id <> OLD.engagement_id
            OR NEW.ordinal <> OLD.ordinal) AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'date %: what was cancelled stays so, and a date belongs to one booking', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

TERMS = Function(
    "trading_guard_engagement_terms",
    """
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT providers_accredited(NEW.consultant_id, NEW.agreed_on) THEN
            RAISE EXCEPTION 'consultant % is not accredited on %', NEW.consultant_id, NEW.agreed_on
                USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_accredited';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'booking % is never deleted', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.number, NEW.school_id, NEW.consultant_id, NEW.unit, NEW.quantity, NEW.sell_pence, NEW.buy_pence,
        NEW.mileage_pence, NEW.paid_by, NEW.accept_days, NEW.agreed_on)
        IS DISTINCT FROM (OLD.number, OLD.school_id, OLD.consultant_id, OLD.unit, OLD.quantity, OLD.sell_pence,
        OLD.buy_pence, OLD.mileage_pence, OLD.paid_by, OLD.accept_days, OLD.agreed_on)
        OR NEW.rate_id IS DISTINCT FROM OLD.rate_id OR NEW.allowance_id IS DISTINCT FROM OLD.allowance_id
        OR NEW.policy <> OLD.policy OR NEW.working <> OLD.working THEN
        RAISE EXCEPTION 'booking %: the terms that were agreed never change', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

QUOTE = Function(
    "trading_guard_consultant_quote",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'quote % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.request_id <> OLD.request_id OR NEW.consultant_id <> OLD.consultant_id
        OR (OLD.state <> 'asked' AND (NEW.rate_id, NEW.quantity, NEW.net_pence, NEW.travel_pence, NEW.gross_pence)
            IS DISTINCT FROM (OLD.rate_id, OLD.quantity, OLD.net_pence, OLD.travel_pence, OLD.gross_pence)) THEN
        RAISE EXCEPTION 'quote %: what was quoted never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [STATE, DATE, TERMS, QUOTE]
TRIGGERS = [
    *[Trigger(f"{table}_state", table, "BEFORE", "UPDATE", "ROW", "trading_guard_engagement_state") for table in LEGAL],
    Trigger(
        "trading_engagement_terms",
        "trading_engagement",
        "BEFORE",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        "trading_guard_engagement_terms",
    ),
    Trigger(
        "trading_engagementdate_taken",
        "trading_engagementdate",
        "BEFORE",
        "INSERT OR UPDATE",
        "ROW",
        "trading_guard_engagement_date",
    ),
    Trigger(
        "trading_consultantquote_kept",
        "trading_consultantquote",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "trading_guard_consultant_quote",
    ),
    *frozen_table("trading_offpayrolldetermination"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
