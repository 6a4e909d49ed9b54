"""What the database keeps true of contracts that pay on verification: legal moves, what is frozen, who decides."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

MOVES = legal_moves(
    "subscriptions_outcome_moves",
    {
        "subscriptions_outcomecontract": [
            ("draft", "offered"), ("offered", "active"), ("offered", "declined"), ("active", "ended"),
            ("active", "terminated"),
        ],
        "subscriptions_contractversion": [
            ("proposed", "agreed"), ("proposed", "declined"), ("proposed", "withdrawn"),
        ],
        "subscriptions_outcomeitem": [
            ("planned", "submitted"), ("planned", "eligible"), ("planned", "not_met"), ("planned", "cancelled"),
            ("rejected", "submitted"), ("rejected", "not_met"), ("rejected", "cancelled"),
            ("submitted", "planned"), ("submitted", "eligible"), ("submitted", "rejected"), ("submitted", "not_met"),
            ("submitted", "cancelled"), ("eligible", "submitted"), ("eligible", "payable"), ("not_met", "planned"),
            ("payable", "paid"), ("payable", "clawed_back"), ("paid", "clawed_back"),
        ],
        "subscriptions_submission": [
            ("submitted", "accepted"), ("submitted", "part"), ("submitted", "rejected"), ("submitted", "withdrawn"),
            ("accepted", "undone"), ("part", "undone"),
        ],
        "subscriptions_statement": [("open", "frozen"), ("open", "cancelled"), ("frozen", "paid")],
        "subscriptions_volumereturn": [("submitted", "accepted"), ("submitted", "rejected")],
    },
)  # fmt: skip
FUNCTIONS: list[Function] = [MOVES]
TRIGGERS: list[Trigger] = [
    *(
        Trigger(f"subscriptions_{name}_moves", f"subscriptions_{name}", "BEFORE", "UPDATE", "ROW", MOVES.name)
        for name in ("outcomecontract", "contractversion", "outcomeitem", "submission", "statement", "volumereturn")
    ),
    *frozen_table("subscriptions_statementline"),
    *frozen_table("subscriptions_statementmove"),
    *frozen_table("subscriptions_measuredfact"),
    *frozen_table("subscriptions_outcomeaccrual"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
