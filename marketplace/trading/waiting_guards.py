"""The database guards of waiting lists: legal moves only, who asked and what was offered never change, nothing goes."""

from marketplace.core.triggers import Function, Trigger, declare

ENTRY = Function(
    "trading_guard_waiting_entry",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'waiting entry % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.run_id <> OLD.run_id OR NEW.school_id <> OLD.school_id OR NEW.organisation_id <> OLD.organisation_id
        OR NEW.joined_at <> OLD.joined_at OR NEW.asked <> OLD.asked OR NEW.together <> OLD.together
        OR NEW.seats > OLD.seats THEN
        RAISE EXCEPTION 'waiting entry %: what was asked for, and when, never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state NOT IN ('waiting', 'offered')
        OR (OLD.state = 'waiting' AND NEW.state IN ('taken', 'declined', 'lapsed'))) THEN
        RAISE EXCEPTION 'waiting entry %: from % to % is no legal move', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
OFFER = Function(
    "trading_guard_waiting_offer",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'waiting offer % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.entry_id <> OLD.entry_id OR NEW.places <> OLD.places OR NEW.free_places <> OLD.free_places
        OR NEW.passed_over <> OLD.passed_over OR NEW.by_hand <> OLD.by_hand OR NEW.offered_on <> OLD.offered_on
        OR NEW.until <> OLD.until OR (OLD.state <> 'open' AND NEW.state <> OLD.state) THEN
        RAISE EXCEPTION 'waiting offer %: what was offered never changes, and it ends once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [ENTRY, OFFER]
TRIGGERS = [
    Trigger(
        "trading_waitingentry_kept",
        "trading_waitingentry",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "trading_guard_waiting_entry",
    ),
    Trigger(
        "trading_waitingoffer_kept",
        "trading_waitingoffer",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "trading_guard_waiting_offer",
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
