"""Refusals of e-invoices."""

from marketplace.core.errors import DomainError


class EInvoiceNotMade(DomainError):
    """The document stays issued as it is, but no valid e-invoice can be made of it."""

    code = "einvoice_not_made"


class EInvoiceNotChecked(DomainError):
    """The rules could not be run, so nothing is known: never to be taken for a pass."""

    code = "einvoice_not_checked"
    status = 500
