"""The database guards of registers: a closed one never opens again, and changes only by a dated correction."""

from marketplace.core.triggers import Function, Trigger, declare

REGISTER = Function(
    "trading_guard_register",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.state = 'closed' AND NEW IS DISTINCT FROM OLD)
        OR NEW.meeting_id <> OLD.meeting_id OR NEW.run_id <> OLD.run_id THEN
        RAISE EXCEPTION 'register %: it is closed once, for its meeting, and never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
ATTENDANCE = Function(
    "trading_guard_attendance",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attendance % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.booking_id <> OLD.booking_id OR NEW.meeting_id <> OLD.meeting_id) THEN
        RAISE EXCEPTION 'attendance % stays that of its place and meeting', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.corrected_on IS NULL AND EXISTS (
        SELECT 1 FROM trading_register WHERE meeting_id = NEW.meeting_id AND state = 'closed'
    ) THEN
        RAISE EXCEPTION 'attendance %: the register is closed; only a correction changes it', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
# An evaluation was given once, by somebody who was promised that nobody rewrites it.
EVALUATION = Function(
    "trading_guard_evaluation",
    """
BEGIN
    IF NEW.score <> OLD.score OR NEW.recommends <> OLD.recommends OR NEW.booking_id <> OLD.booking_id
        OR NEW.run_id <> OLD.run_id OR NEW.given_on <> OLD.given_on THEN
        RAISE EXCEPTION 'evaluation % stays as it was given; only its words may be erased', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [REGISTER, ATTENDANCE, EVALUATION]
TRIGGERS = [
    Trigger("trading_register_once", "trading_register", "BEFORE", "DELETE OR UPDATE", "ROW", "trading_guard_register"),
    Trigger(
        "trading_attendance_kept",
        "trading_attendance",
        "BEFORE",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        "trading_guard_attendance",
    ),
    Trigger("trading_evaluation_kept", "trading_evaluation", "BEFORE", "UPDATE", "ROW", "trading_guard_evaluation"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
