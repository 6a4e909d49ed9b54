"""What is posted without a sale: manual journals, purchases for overheads, and the opening position."""

from invoicing.journals.models.journals import ManualJournal, ManualJournalLine
from invoicing.journals.models.opening import OpeningPlaces, OpeningPosition
from invoicing.journals.models.purchases import Purchase, PurchaseLine, PurchasePayment, RecoveryRate

__all__ = [
    "ManualJournal",
    "ManualJournalLine",
    "OpeningPlaces",
    "OpeningPosition",
    "Purchase",
    "PurchaseLine",
    "PurchasePayment",
    "RecoveryRate",
]
