"""The database guard of a quote in approval: what was put before the approver is what is booked."""

from marketplace.core.triggers import Function, Trigger, declare

ASKED = Function(
    "trading_guard_asked_booking",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'asked booking % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'waiting' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'asked booking % is % and does not change any more', OLD.id, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.order_id, NEW.request_id, NEW.quote_id, NEW.dates, NEW.own_company, NEW.answer, NEW.reasons)
        IS DISTINCT FROM
        (OLD.order_id, OLD.request_id, OLD.quote_id, OLD.dates, OLD.own_company, OLD.answer, OLD.reasons) THEN
        RAISE EXCEPTION 'asked booking %: what was put before the approver never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [ASKED]
TRIGGERS = [
    Trigger(
        "trading_askedbooking_kept",
        "trading_askedbooking",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "trading_guard_asked_booking",
    )
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
