"""What was agreed of a line's term when it was ordered never changes."""

from marketplace.core.triggers import Function, Trigger, declare

TERM = Function(
    "trading_guard_term",
    """
BEGIN
    IF NEW.term IS DISTINCT FROM OLD.term THEN
        RAISE EXCEPTION 'order line %: the term that was ordered never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [TERM]
TRIGGERS = [
    Trigger("trading_orderline_term", "trading_orderline", "BEFORE", "UPDATE OF term", "ROW", "trading_guard_term")
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
