"""The verbs of council journals."""

from invoicing.council_journals.services.confirming import confirm_council_journal
from invoicing.council_journals.services.preparing import (
    prepare_council_journal,
    send_council_journal,
    withdraw_council_journal,
)
from invoicing.council_journals.services.proposing import propose_council_journal
from invoicing.council_journals.services.receiving import record_council_receipt, undo_council_receipt

__all__ = [
    "confirm_council_journal",
    "prepare_council_journal",
    "propose_council_journal",
    "record_council_receipt",
    "send_council_journal",
    "undo_council_receipt",
    "withdraw_council_journal",
]
