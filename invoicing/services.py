"""The verbs of invoicing that other packages call."""

from invoicing.documents.issue import issue_documents
from invoicing.ledger.chart import seed_chart
from invoicing.receivables.allocation import allocate, allocate_many, undo_allocation
from invoicing.receivables.as_shown import allocate_as_shown
from invoicing.receivables.billing import propose, run_billing
from invoicing.receivables.charges import amend_unbilled, charge, left_of, reduce
from invoicing.receivables.credit_notes import credit_in_full, credit_invoice, issue_credits_due, preview_credit
from invoicing.receivables.receipts import record_receipt, reverse_receipt

__all__ = [
    "allocate",
    "allocate_as_shown",
    "allocate_many",
    "amend_unbilled",
    "charge",
    "credit_in_full",
    "credit_invoice",
    "issue_credits_due",
    "issue_documents",
    "left_of",
    "preview_credit",
    "propose",
    "record_receipt",
    "reduce",
    "reverse_receipt",
    "run_billing",
    "seed_chart",
    "undo_allocation",
]
