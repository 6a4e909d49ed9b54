"""What the database keeps true of support plans and matched funding: legal moves, and that what was promised stays."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

MOVES = legal_moves(
    "subscriptions_support_moves",
    {
        "subscriptions_supportplan": [
            ("draft", "agreed"), ("draft", "withdrawn"), ("agreed", "ended"), ("agreed", "rebrokered"),
        ]
    },
)  # fmt: skip
PROMISED = Function(
    "subscriptions_matchedpromise_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'released_pence' IS DISTINCT FROM to_jsonb(OLD) - 'released_pence'
        OR NEW.released_pence < OLD.released_pence THEN
        RAISE EXCEPTION '% of promise % is refused: what was promised stays', TG_OP, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [MOVES, PROMISED]
TRIGGERS = [
    Trigger("subscriptions_supportplan_moves", "subscriptions_supportplan", "BEFORE", "UPDATE", "ROW", MOVES.name),
    Trigger(
        "subscriptions_matchedpromise_kept", "subscriptions_matchedpromise", "BEFORE", "DELETE OR UPDATE", "ROW",
        PROMISED.name,
    ),
]  # fmt: skip
declare(functions=FUNCTIONS, triggers=TRIGGERS)
