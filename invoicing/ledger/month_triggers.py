"""The guards of closed months: a month is taken by whoever posts into it, and by whoever closes it alone.

Posting takes the advisory lock of its month shared, closing takes it alone. So closing waits for what is being posted,
and what is posted after it sees the month closed.
"""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

LOCKS = 7204  # the first key of the months' advisory locks; the second is the month, such as 202603

FIRST_OPEN_DAY = Function(
    "invoicing_first_open_day",
    f"""
DECLARE
    month int;
BEGIN
    FOREACH month IN ARRAY months LOOP
        PERFORM pg_advisory_xact_lock_shared({LOCKS}, month);
    END LOOP;
    RETURN (SELECT (max(c.month) + interval '1 month')::date FROM invoicing_monthclose c
            WHERE c.state IN ('closed', 'reopen_asked'));
END
""",
    arguments="months int[]",
    returns="date",
)

MONTH_OPEN = Function(
    "invoicing_month_open",
    """
DECLARE
    months int[];
    open_from date;
BEGIN
    SELECT array_agg(DISTINCT (extract(year FROM posted_on) * 100 + extract(month FROM posted_on))::int
                     ORDER BY (extract(year FROM posted_on) * 100 + extract(month FROM posted_on))::int)
    INTO months FROM new_rows;
    IF months IS NULL THEN
        RETURN NULL;
    END IF;
    open_from := invoicing_first_open_day(months);
    IF open_from IS NOT NULL AND EXISTS (SELECT 1 FROM new_rows WHERE posted_on < open_from) THEN
        RAISE EXCEPTION 'the books are closed up to %: nothing is posted before', open_from
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)

_LEGAL = (
    "('asked', 'closed'), ('asked', 'withdrawn'), ('closed', 'reopen_asked'), ('reopen_asked', 'closed'),"
    " ('reopen_asked', 'reopened')"
)
MONTH_MOVES = Function(
    "invoicing_monthclose_moves",
    f"""
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' THEN
            RAISE EXCEPTION 'closing a month begins by asking' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: what was closed is kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN ({_LEGAL}) OR (NEW.id, NEW.month, NEW.asked_by_id, NEW.asked_at)
        IS DISTINCT FROM (OLD.id, OLD.month, OLD.asked_by_id, OLD.asked_at)
        OR (OLD.closed_by_id IS NOT NULL AND (NEW.closed_by_id, NEW.closed_at)
            IS DISTINCT FROM (OLD.closed_by_id, OLD.closed_at)) THEN
        RAISE EXCEPTION '%: from % to % is no legal move', OLD.month, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'closed' AND OLD.state = 'asked' THEN
        PERFORM pg_advisory_xact_lock({LOCKS}, (extract(year FROM NEW.month) * 100 + extract(month FROM NEW.month))::int);
        IF NEW.month <> (SELECT coalesce((max(c.month) + interval '1 month')::date, NEW.month)
                         FROM invoicing_monthclose c WHERE c.state IN ('closed', 'reopen_asked')) THEN
            RAISE EXCEPTION 'months close in order' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.state = 'reopened' AND EXISTS (SELECT 1 FROM invoicing_monthclose c
        WHERE c.month > NEW.month AND c.state IN ('closed', 'reopen_asked')) THEN
        RAISE EXCEPTION 'the last closed month is reopened first' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [FIRST_OPEN_DAY, MONTH_OPEN, MONTH_MOVES]
_MONTH, _BALANCE, _ENTRY = "invoicing_monthclose", "invoicing_monthbalance", "invoicing_journalentry"
TRIGGERS = [
    Trigger(f"{_MONTH}_moves", _MONTH, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", MONTH_MOVES.name),
    Trigger(f"{_MONTH}_no_truncate", _MONTH, "BEFORE", "TRUNCATE", "STATEMENT", MONTH_MOVES.name),
    *frozen_table(_BALANCE),
    Trigger(f"{_ENTRY}_month_open", _ENTRY, "AFTER", "INSERT", "STATEMENT", MONTH_OPEN.name, "new_rows"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
