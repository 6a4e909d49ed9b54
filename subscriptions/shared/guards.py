"""What the database keeps true: of an agreed shared cost a share only ends earlier, and all else stays."""

from marketplace.core.triggers import Function, Trigger, declare

COST = Function(
    "subscriptions_guard_shared_cost",
    """
DECLARE
    same subscriptions_sharedcost := NEW;
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state <> 'agreed' THEN
        RETURN OLD;
    END IF;
    IF OLD.state = 'agreed' THEN
        same.version := OLD.version;
        IF TG_OP = 'DELETE' OR same IS DISTINCT FROM OLD OR NEW.version <= OLD.version THEN
            RAISE EXCEPTION 'shared cost % is agreed and stays as it is', OLD.code
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
""",
)
SHARE = Function(
    "subscriptions_guard_shared_share",
    """
DECLARE
    same subscriptions_sharedshare := NEW;
BEGIN
    IF (SELECT c.state FROM subscriptions_sharedpart p JOIN subscriptions_sharedcost c ON c.id = p.cost_id
        WHERE p.id = OLD.part_id) = 'agreed' THEN
        same.valid_to := OLD.valid_to;
        IF TG_OP = 'DELETE' OR same IS DISTINCT FROM OLD OR NEW.valid_to > OLD.valid_to THEN
            RAISE EXCEPTION 'share % of an agreed cost may only end earlier', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)
PART = Function(
    "subscriptions_guard_shared_part",
    """
BEGIN
    IF (SELECT state FROM subscriptions_sharedcost WHERE id = OLD.cost_id) = 'agreed' THEN
        RAISE EXCEPTION 'part % of an agreed cost stays as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [COST, SHARE, PART]
TRIGGERS = [
    Trigger(f"subscriptions_{table}_agreed", f"subscriptions_{table}", "BEFORE", "DELETE OR UPDATE", "ROW", name)
    for table, name in (
        ("sharedcost", COST.name),
        ("sharedshare", SHARE.name),
        ("sharedpart", PART.name),
    )
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
