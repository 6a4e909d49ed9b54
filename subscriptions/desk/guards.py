"""Database guards of the desk: legal moves of tickets and credits; a promise that was missed stays missed."""

from marketplace.core.triggers import Trigger, declare, frozen_table, legal_moves

MOVES = legal_moves(
    "desk_legal_moves",
    {
        "subscriptions_ticket": [
            ("open", "with_school"), ("open", "resolved"), ("open", "closed"),
            ("reopened", "with_school"), ("reopened", "resolved"), ("reopened", "closed"),
            ("with_school", "open"), ("with_school", "resolved"), ("with_school", "closed"),
            ("resolved", "reopened"), ("resolved", "closed"), ("closed", "reopened"),
        ],
        "subscriptions_servicecredit": [("proposed", "approved"), ("proposed", "waived")],
    },
)  # fmt: skip
FUNCTIONS = [MOVES]
TRIGGERS = [
    Trigger("ticket_moves", "subscriptions_ticket", "BEFORE", "UPDATE", "ROW", MOVES.name),
    Trigger("service_credit_moves", "subscriptions_servicecredit", "BEFORE", "UPDATE", "ROW", MOVES.name),
    *frozen_table("subscriptions_missedpromise"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
