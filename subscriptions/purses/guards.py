"""What the database keeps true of purses: movements stay, what was drawn for what never changes, and what is kept for orders
stands on the account, whoever moves money there by whatever way.
"""

from invoicing.receivables.keeping import MONEY_IS_KEPT
from marketplace.core.triggers import Function, Trigger, declare, frozen_table

KEPT = Function(
    "subscriptions_pursedraw_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.purse_id, OLD.member_id, OLD.source_key, OLD.pence, OLD.charge_keys)
        IS DISTINCT FROM (NEW.purse_id, NEW.member_id, NEW.source_key, NEW.pence, NEW.charge_keys)
        OR NEW.settled_pence < OLD.settled_pence OR NEW.released_pence < OLD.released_pence
        OR NEW.returned_pence < OLD.returned_pence THEN
        RAISE EXCEPTION '% of % is refused: what was drawn stays, it is settled, released or returned', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
ACCOUNT = Function(
    "subscriptions_purse_account",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.code, OLD.account_id, OLD.lead_id) IS DISTINCT FROM (NEW.code, NEW.account_id, NEW.lead_id) THEN
        RAISE EXCEPTION 'purse % keeps its code, its account and its lead', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
LOCKS = 7206  # the first key of the purses' advisory locks; the second is the purse's id
_SAYS = f"""
    there := (SELECT coalesce(sum(remaining_pence), 0) FROM invoicing_unallocateditem WHERE organisation_id = account);
    IF there >= kept THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(DISTINCT split_part(label, ':', 1), ', ') INTO orders FROM (
        SELECT label FROM subscriptions_pursedraw
        WHERE purse_id = one AND pence > settled_pence + released_pence ORDER BY id LIMIT 5
    ) waiting;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = '{MONEY_IS_KEPT}', MESSAGE = format(
        '%s keeps £%s for %s. Only £%s would be left on its account, so nothing was changed. Take less, or cancel an order first.',
        called, to_char(kept / 100.0, 'FM999,999,999,990.00'), coalesce(orders, 'orders'),
        to_char(there / 100.0, 'FM999,999,999,990.00'));
END
"""
# Whoever takes money and whoever keeps it wait for each other here, after all rows that they lock: each then counts what
# the other left. In between, two takings of different money of one purse would both pass.
HOLDS = Function(
    "subscriptions_purse_holds",
    f"""
DECLARE
    account bigint := OLD.organisation_id;
    one bigint;
    called text;
    kept bigint;
    there bigint;
    orders text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.organisation_id = account AND NEW.remaining_pence >= OLD.remaining_pence THEN
        RETURN NULL;
    END IF;
    SELECT id INTO one FROM subscriptions_purse WHERE account_id = account;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock({LOCKS}, one::int);
    SELECT name, reserved_pence INTO called, kept FROM subscriptions_purse WHERE id = one;
{_SAYS}""",
)
COVERED = Function(
    "subscriptions_purse_covered",
    f"""
DECLARE
    account bigint := NEW.account_id;
    one bigint := NEW.id;
    called text := NEW.name;
    kept bigint := NEW.reserved_pence;
    there bigint;
    orders text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.reserved_pence <= OLD.reserved_pence THEN
            RETURN NULL;
        END IF;
    ELSIF kept = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock({LOCKS}, one::int);
{_SAYS}""",
)
ADDED_FUNCTIONS = [HOLDS, COVERED]
ADDED_TRIGGERS = [
    Trigger(HOLDS.name, "invoicing_unallocateditem", "AFTER", "DELETE OR UPDATE", "ROW", HOLDS.name),
    Trigger(COVERED.name, "subscriptions_purse", "AFTER", "INSERT OR UPDATE", "ROW", COVERED.name),
]
"""Guards that came after the tables (migration 0004)."""
FUNCTIONS = [KEPT, ACCOUNT]
TRIGGERS = [
    Trigger("subscriptions_pursedraw_kept", "subscriptions_pursedraw", "BEFORE", "DELETE OR UPDATE", "ROW", KEPT.name),
    Trigger("subscriptions_purse_account", "subscriptions_purse", "BEFORE", "DELETE OR UPDATE", "ROW", ACCOUNT.name),
    *frozen_table("subscriptions_pursemovement"),
]
declare(functions=[*FUNCTIONS, *ADDED_FUNCTIONS], triggers=[*TRIGGERS, *ADDED_TRIGGERS])
