"""What the database keeps true of peer review and support: a settled round takes no days, what was written down stays."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

MOVES = legal_moves("trading_guard_review_moves", {"trading_reviewround": [("open", "settled")]})
DAYS = Function(
    "trading_guard_review_day",
    """
BEGIN
    IF NOT EXISTS (SELECT 1 FROM trading_reviewround WHERE id = NEW.round_id AND state = 'open') THEN
        RAISE EXCEPTION 'review round %: it was settled and takes no more days', NEW.round_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [MOVES, DAYS]
TRIGGERS = [
    Trigger("trading_reviewround_moves", "trading_reviewround", "BEFORE", "UPDATE OF state", "ROW", MOVES.name),
    Trigger("trading_reviewday_open", "trading_reviewday", "BEFORE", "INSERT", "ROW", DAYS.name),
    *frozen_table("trading_reviewday"),
    *frozen_table("trading_supportentry"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
