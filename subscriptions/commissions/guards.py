"""What the database keeps true of council contracts: legal moves, what was drawn, and what was accepted stays."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

MOVES = legal_moves(
    "subscriptions_commission_moves",
    {
        "subscriptions_quarterreturn": [
            ("draft", "sent"), ("sent", "accepted"), ("sent", "queried"), ("queried", "sent"),
        ],
    },
)  # fmt: skip
DRAWN = Function(
    "subscriptions_packagedraw_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.package_id, OLD.school_id, OLD.source_key, OLD.units, OLD.price_pence)
        IS DISTINCT FROM (NEW.package_id, NEW.school_id, NEW.source_key, NEW.units, NEW.price_pence)
        OR NEW.released < OLD.released THEN
        RAISE EXCEPTION '% of % is refused: what was drawn stays, or is given back', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
RETURNED = Function(
    "subscriptions_quarterreturn_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'accepted' OR (OLD.state = 'sent'
        AND (OLD.figures, OLD.narrative) IS DISTINCT FROM (NEW.figures, NEW.narrative)) THEN
        RAISE EXCEPTION '% of % is refused: a return that was sent stays as it is until it is queried', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
READ = Function(
    "subscriptions_indicatorreading_kept",
    """
DECLARE
    stands varchar;
BEGIN
    SELECT state INTO stands FROM subscriptions_quarterreturn
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.report_id ELSE OLD.report_id END FOR SHARE;
    IF stands IN ('sent', 'accepted') THEN
        RAISE EXCEPTION '% of % is refused: its return is %', TG_OP, TG_TABLE_NAME, stands
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
""",
)
FUNCTIONS = [MOVES, DRAWN, RETURNED, READ]
TRIGGERS = [
    Trigger(
        "subscriptions_quarterreturn_moves", "subscriptions_quarterreturn", "BEFORE", "UPDATE", "ROW", MOVES.name
    ),
    Trigger(
        "subscriptions_quarterreturn_kept", "subscriptions_quarterreturn", "BEFORE", "DELETE OR UPDATE", "ROW",
        RETURNED.name,
    ),
    Trigger(
        "subscriptions_packagedraw_kept", "subscriptions_packagedraw", "BEFORE", "DELETE OR UPDATE", "ROW", DRAWN.name
    ),
    Trigger(
        "subscriptions_indicatorreading_kept", "subscriptions_indicatorreading", "BEFORE", "INSERT OR DELETE OR UPDATE",
        "ROW", READ.name,
    ),
    *frozen_table("subscriptions_packagemovement"),
    *frozen_table("subscriptions_invoiceapproval"),
]  # fmt: skip
declare(functions=FUNCTIONS, triggers=TRIGGERS)
