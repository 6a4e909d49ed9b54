"""What the database itself keeps true of agreements: legal moves, frozen prices, days that are only ever taken away."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

LEGAL: dict[str, list[tuple[str, str]]] = {
    "subscriptions_agreement": [
        ("offered", "active"),
        ("offered", "declined"),
        ("offered", "withdrawn"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("active", "ended"),
        ("suspended", "ended"),
    ],
    "subscriptions_billingperiod": [("planned", "charged")],
}

STATE = legal_moves("subscriptions_guard_state", LEGAL)

# What was agreed is never edited: a line may end earlier, everything else needs a line of its own.
LINE = Function(
    "subscriptions_guard_line",
    """
DECLARE
    same subscriptions_agreementline := NEW;
BEGIN
    same.valid_to := OLD.valid_to;
    IF TG_OP = 'DELETE' OR same IS DISTINCT FROM OLD OR NEW.valid_to > OLD.valid_to THEN
        RAISE EXCEPTION 'line % of an agreement is frozen: it may only end earlier', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# A planned period may be dropped; one that was charged stays and only gives days up.
PERIOD = Function(
    "subscriptions_guard_period",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'planned' THEN
            RAISE EXCEPTION 'billing period % was charged and is never deleted', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.line_id <> OLD.line_id OR NEW.valid_from <> OLD.valid_from OR NEW.valid_to > OLD.valid_to
        OR NEW.pence > OLD.pence OR NEW.carried_pence <> OLD.carried_pence OR NEW.kept_pence < OLD.kept_pence
        OR (OLD.state = 'charged' AND NEW.charge_key <> OLD.charge_key) THEN
        RAISE EXCEPTION 'billing period % only ever gives days up', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [STATE, LINE, PERIOD]
TRIGGERS = [
    *[
        Trigger(f"{table}_moves", table, "BEFORE", "UPDATE OF state", "ROW", "subscriptions_guard_state")
        for table in LEGAL
    ],
    Trigger(
        "subscriptions_agreementline_frozen",
        "subscriptions_agreementline",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_line",
    ),
    Trigger(
        "subscriptions_billingperiod_shrinks",
        "subscriptions_billingperiod",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_period",
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
