"""The verbs of what two people decide: manual journals, purchases, the opening position."""

from invoicing.journals.services.journals import (
    approve_journal,
    change_journal,
    prepare_journal,
    read_journal_lines,
    reverse_due_journals,
    send_back_journal,
    submit_journal,
)
from invoicing.journals.services.opening import (
    approve_opening,
    check_opening,
    send_back_opening,
    submit_opening,
)
from invoicing.journals.services.paying import pay_purchase, undo_purchase_payment
from invoicing.journals.services.purchases import (
    approve_purchase,
    cancel_purchase,
    change_purchase,
    prepare_purchase,
    send_back_purchase,
    set_recovery_rate,
)

__all__ = [
    "approve_journal",
    "approve_opening",
    "approve_purchase",
    "cancel_purchase",
    "change_journal",
    "change_purchase",
    "check_opening",
    "pay_purchase",
    "prepare_journal",
    "prepare_purchase",
    "read_journal_lines",
    "reverse_due_journals",
    "send_back_journal",
    "send_back_opening",
    "send_back_purchase",
    "set_recovery_rate",
    "submit_journal",
    "submit_opening",
    "undo_purchase_payment",
]
