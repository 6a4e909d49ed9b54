"""Why an invoice of a provider's is not taken."""

from marketplace.core.errors import DomainError


class WrittenByUs(DomainError):
    """Whoever has its invoices written by us sends none."""

    code = "provider_invoice_self_billed"


class InvoiceKnown(DomainError):
    """A provider's number comes once."""

    code = "provider_invoice_known"


class InvoiceDiffers(DomainError):
    """What is invoiced is not what is owed. ``invoiced`` and ``owed`` are pence before VAT."""

    code = "provider_invoice_differs"


class InvoiceMoved(DomainError):
    """The invoice is in another state than the step asks for."""

    code = "provider_invoice_moved"


class AmountsTaken(DomainError):
    """An amount due stands on another invoice already, or is none of this provider's."""

    code = "provider_invoice_amounts_taken"


class PaymentToCome(DomainError):
    """What a credit note gives back is taken from a payment that is to come. ``to_pay`` is what is due, in pence."""

    code = "payment_to_come"


class OverCredited(DomainError):
    """A credit note takes back no more than its invoice asked for. ``remaining`` is pence with VAT."""

    code = "provider_invoice_over_credited"
