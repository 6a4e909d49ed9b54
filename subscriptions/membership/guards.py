"""What the database keeps true: an agreed round and its shares stay as they were; a later member only comes beside them."""

from marketplace.core.triggers import Function, Trigger, declare

ROUND = Function(
    "subscriptions_guard_round",
    """
BEGIN
    IF OLD.state = 'agreed' THEN
        RAISE EXCEPTION 'contribution round % is agreed and stays as it is', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)
SHARE = Function(
    "subscriptions_guard_contribution",
    """
DECLARE
    row subscriptions_contributionshare := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    same subscriptions_contributionshare := NEW;
BEGIN
    IF (SELECT state FROM subscriptions_contributionround WHERE id = row.round_id) = 'agreed' THEN
        IF TG_OP = 'UPDATE' AND OLD.agreement_id IS NULL THEN
            same.agreement_id := NULL;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.joined_on IS NULL)
            OR (TG_OP = 'UPDATE' AND same IS DISTINCT FROM OLD) THEN
            RAISE EXCEPTION 'share % of an agreed contribution round stays as it is', row.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN row;
END
""",
)
FUNCTIONS = [ROUND, SHARE]
TRIGGERS = [
    Trigger(
        "subscriptions_contributionround_agreed",
        "subscriptions_contributionround",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_round",
    ),
    Trigger(
        "subscriptions_contributionshare_agreed",
        "subscriptions_contributionshare",
        "BEFORE",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_contribution",
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
