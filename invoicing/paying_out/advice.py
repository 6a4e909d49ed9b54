"""The remittance advice of a payment: which invoices it pays, which credit notes it takes off, into which account."""

from datetime import date

from invoicing.paying_out.models import PaymentBatchLine
from invoicing.provider_invoices.remittance import remittance_advice


def advice_number(line: PaymentBatchLine) -> str:
    """What the advice is called: the batch and the place in it."""
    return f"{line.batch.number}-{line.position}"


def advice_of(line: PaymentBatchLine, *, written_on: date, demonstration: bool = False) -> bytes:
    """The advice as a PDF. ``written_on`` stands on it where the batch was not released yet."""
    return remittance_advice(
        number=advice_number(line), provider=line.provider, paid_on=line.batch.pay_on,
        written_on=line.batch.released_on or written_on, account=line.payee_account.account_number[-4:],
        pence={part.provider_invoice_id: abs(part.pence) for part in line.parts.all()}, demonstration=demonstration,
    )  # fmt: skip
