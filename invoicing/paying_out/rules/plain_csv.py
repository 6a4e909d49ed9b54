"""A plain CSV of payments, for banks that take an upload of their own: one line a payment, no formula in any cell."""

import csv
import io

from invoicing.paying_out.rules.orders import CannotWrite, PaymentOrder
from marketplace.core.money import plain_pounds
from marketplace.core.text import safe_cell

HEADER = ("pay_on", "payee", "sort_code", "account_number", "amount", "reference")


def write(order: PaymentOrder) -> bytes:
    """The file in UTF-8, amounts in pounds. Sort codes are written 20-00-00, so that no leading nought is lost."""
    if not order.payments:
        raise CannotWrite("A payment file holds at least one payment")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for payment in order.payments:
        code = payment.payee.sort_code
        writer.writerow(
            [
                order.pay_on.isoformat(), safe_cell(payment.payee.name), f"{code[:2]}-{code[2:4]}-{code[4:]}",
                payment.payee.number, plain_pounds(payment.pence), safe_cell(payment.reference),
            ]
        )  # fmt: skip
    return out.getvalue().encode()
