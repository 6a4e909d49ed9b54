"""How each invariant of providers' invoices is broken by someone who switched the guards off."""

from collections.abc import Callable

from invoicing.self_billing.billing import self_bill
from marketplace.core.actors import platform
from tests.invoicing.self_billing.ridgeway import ON, add_firm, agreed, earned
from tests.invoicing.tampering import after


def _billed() -> None:
    firm = add_firm("Tamper Training")
    agreed(firm)
    earned(firm, 10_000, key="tampered:1")
    self_bill(on=ON, actor=platform("test"))


_after = after(_billed)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "provider-invoices-once": _after("DELETE FROM invoicing_invoicedmove"),
    "provider-invoices-add-up": _after("UPDATE invoicing_providerinvoiceline SET net_pence = net_pence - 1"),
    "provider-vat-posted": _after(
        "UPDATE invoicing_movement SET pence = pence - 1 WHERE debit_account_id = '2210' AND credit_account_id = '2400'"
    ),
    "payables-equal-unpaid-invoices": _after(
        "UPDATE invoicing_providerinvoice SET outstanding_pence = outstanding_pence - 1"
    ),
}
