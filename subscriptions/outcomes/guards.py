"""What the database keeps true of contracts that pay on verification: legal moves, what is frozen, who decides."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves
from subscriptions.outcomes import claim_guards, money_guards

MOVES = legal_moves(
    "subscriptions_outcome_moves",
    {
        "subscriptions_outcomecontract": [
            ("draft", "offered"), ("draft", "discarded"), ("offered", "active"), ("offered", "declined"), ("active", "ended"),
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
            ("not_met", "submitted"),
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
# What both sides see is what they approve: a version's terms are never edited, only approved, declined or withdrawn. Nobody has
# seen a draft's.
TERMS = Function(
    "subscriptions_outcome_terms",
    """
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.number = 1 AND (NEW.contract_id, NEW.number) = (OLD.contract_id, OLD.number) AND EXISTS (
        SELECT FROM subscriptions_outcomecontract WHERE id = OLD.contract_id AND state = 'draft'
    ) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.contract_id, NEW.number, NEW.valid_from, NEW.value_pence, NEW.reason, NEW.changes,
            NEW.notice_given_on, NEW.proposed_on, NEW.valid_to, NEW.proposed_for) IS DISTINCT FROM (OLD.contract_id,
            OLD.number, OLD.valid_from, OLD.value_pence, OLD.reason, OLD.changes, OLD.notice_given_on, OLD.proposed_on,
            OLD.valid_to, OLD.proposed_for)
        OR OLD.state <> 'proposed' AND (NEW.approved_ours_on, NEW.approved_theirs_on) IS DISTINCT FROM
            (OLD.approved_ours_on, OLD.approved_theirs_on) THEN
        RAISE EXCEPTION 'the terms of version % of contract % are frozen', OLD.number, OLD.contract_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS: list[Function] = [MOVES, TERMS, *money_guards.FUNCTIONS, *claim_guards.FUNCTIONS]
TRIGGERS: list[Trigger] = [
    *(
        Trigger(f"subscriptions_{name}_moves", f"subscriptions_{name}", "BEFORE", "UPDATE", "ROW", MOVES.name)
        for name in ("outcomecontract", "contractversion", "outcomeitem", "submission", "statement", "volumereturn")
    ),
    Trigger(
        "subscriptions_contractversion_terms",
        "subscriptions_contractversion",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        TERMS.name,
    ),
    *frozen_table("subscriptions_statementline"),
    *frozen_table("subscriptions_statementmove"),
    *frozen_table("subscriptions_measuredfact"),
    *frozen_table("subscriptions_outcomeaccrual"),
    *money_guards.TRIGGERS,
    *claim_guards.TRIGGERS,
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
