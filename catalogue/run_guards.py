"""What the database keeps true of a course date's life: a cancelled one stays so, and calendars only ever go forward."""

from marketplace.core.triggers import Function, Trigger, declare

LIFE = Function(
    "catalogue_guard_run_life",
    """
BEGIN
    IF OLD.state = 'cancelled' AND (NEW.state, NEW.cancelled_on, NEW.starts_at, NEW.ends_at)
        IS DISTINCT FROM (OLD.state, OLD.cancelled_on, OLD.starts_at, OLD.ends_at) THEN
        RAISE EXCEPTION 'course date % was cancelled and stays so: add a new one', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.sequence < OLD.sequence THEN
        RAISE EXCEPTION 'course date %: the sequence of its calendar entry never falls', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
RUN_LIFE_TRIGGERS = [
    Trigger(
        "catalogue_run_life",
        "catalogue_courserun",
        "BEFORE",
        "UPDATE OF starts_at, ends_at, cancelled_on, sequence, state",
        "ROW",
        LIFE.name,
    )
]
declare(functions=[LIFE], triggers=RUN_LIFE_TRIGGERS)
