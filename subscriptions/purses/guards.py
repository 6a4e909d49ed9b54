"""What the database keeps true of purses: movements stay, and what was drawn for what never changes."""

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
FUNCTIONS = [KEPT, ACCOUNT]
TRIGGERS = [
    Trigger("subscriptions_pursedraw_kept", "subscriptions_pursedraw", "BEFORE", "DELETE OR UPDATE", "ROW", KEPT.name),
    Trigger("subscriptions_purse_account", "subscriptions_purse", "BEFORE", "DELETE OR UPDATE", "ROW", ACCOUNT.name),
    *frozen_table("subscriptions_pursemovement"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
