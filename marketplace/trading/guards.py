"""The database guards of trading: only legal moves from state to state; what was decided stays as it was decided."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

LEGAL: dict[str, list[tuple[str, str]]] = {
    "trading_order": [
        ("awaiting_approval", "placed"),
        ("awaiting_approval", "declined"),
        ("awaiting_approval", "withdrawn"),
        ("awaiting_approval", "expired"),
        ("placed", "cancelled"),
    ],
    "trading_approval": [
        ("waiting", "approved"),
        ("waiting", "declined"),
        ("waiting", "withdrawn"),
        ("waiting", "expired"),
    ],
    "trading_booking": [("held", "booked"), ("held", "cancelled"), ("booked", "cancelled")],
}

STATE = legal_moves("trading_guard_state", LEGAL)

# What an approver is asked, and what was answered, is evidence.
DECISION = Function(
    "trading_guard_decision",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'waiting' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'approval % was % and does not change any more', OLD.id, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.order_id <> OLD.order_id OR NEW.asked_by_person_id <> OLD.asked_by_person_id
        OR NEW.asked_on <> OLD.asked_on OR NEW.committed_pence <> OLD.committed_pence
        OR NEW.over_pence <> OLD.over_pence OR NEW.rule_id IS DISTINCT FROM OLD.rule_id
        OR NEW.approver_role <> OLD.approver_role OR NEW.approver_email <> OLD.approver_email
        OR NEW.approver_person_id IS DISTINCT FROM OLD.approver_person_id THEN
        RAISE EXCEPTION 'approval %: what was asked of whom never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# A link that was used stays used.
LINK = Function(
    "trading_guard_link",
    """
BEGIN
    IF OLD.used_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.approval_id <> OLD.approval_id
        OR NEW.expires_at > OLD.expires_at THEN
        RAISE EXCEPTION 'link %: it works once, for its approval, and never longer than it was made for', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# When and how an order is paid is part of what was agreed, and of what an approver was shown.
CHOICE = Function(
    "trading_guard_choice",
    """
BEGIN
    IF NEW.invoice_on IS DISTINCT FROM OLD.invoice_on THEN
        RAISE EXCEPTION 'order %: the day that its buyer chose for the invoice never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
INSTALMENTS = Function(
    "trading_guard_instalments",
    """
BEGIN
    IF NEW.instalments <> OLD.instalments THEN
        RAISE EXCEPTION 'order line %: in how many payments it is paid never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# What was bought is what was published then.
VERSION = Function(
    "trading_guard_version",
    """
BEGIN
    IF OLD.offer_version_id IS NOT NULL AND NEW.offer_version_id IS DISTINCT FROM OLD.offer_version_id THEN
        RAISE EXCEPTION 'order line %: the version of the offer that was ordered never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
VERSION_TRIGGERS = [
    Trigger(
        "trading_orderline_version",
        "trading_orderline",
        "BEFORE",
        "UPDATE OF offer_version_id",
        "ROW",
        "trading_guard_version",
    )
]

FUNCTIONS = [STATE, DECISION, LINK, CHOICE, INSTALMENTS]
TRIGGERS = [
    *[Trigger(f"{table}_state", table, "BEFORE", "UPDATE", "ROW", "trading_guard_state") for table in LEGAL],
    Trigger(
        "trading_approval_decision", "trading_approval", "BEFORE", "DELETE OR UPDATE", "ROW", "trading_guard_decision"
    ),
    Trigger("trading_approvallink_once", "trading_approvallink", "BEFORE", "UPDATE", "ROW", "trading_guard_link"),
    Trigger("trading_order_choice", "trading_order", "BEFORE", "UPDATE", "ROW", "trading_guard_choice"),
    Trigger(
        "trading_orderline_instalments", "trading_orderline", "BEFORE", "UPDATE", "ROW", "trading_guard_instalments"
    ),
]
declare(functions=[*FUNCTIONS, VERSION], triggers=[*TRIGGERS, *VERSION_TRIGGERS])
