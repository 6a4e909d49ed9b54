"""The verbs of the bank."""

from invoicing.banking.queries import proposals_for
from invoicing.banking.services.accounts import ensure_bank_account
from invoicing.banking.services.confirming import (
    confirm_match,
    confirm_sure,
    identify,
    ignore_line,
    mark_unidentified,
    record_other,
)
from invoicing.banking.services.errors import LineTaken, WrongMatch
from invoicing.banking.services.importing import ImportReport, import_statement
from invoicing.banking.services.repeats import Repeats, SameOrFurther
from invoicing.banking.services.undoing import undo_match

__all__ = [
    "ImportReport",
    "LineTaken",
    "Repeats",
    "SameOrFurther",
    "WrongMatch",
    "confirm_match",
    "confirm_sure",
    "ensure_bank_account",
    "identify",
    "ignore_line",
    "import_statement",
    "mark_unidentified",
    "proposals_for",
    "record_other",
    "undo_match",
]
