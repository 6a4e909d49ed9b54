"""How each invariant of payables is broken by someone who switched the guards off."""

from collections.abc import Callable

from invoicing.services import allocate, release_payables
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.books import FIRST, bill, receive
from tests.invoicing.payables.royalties import add_author, owed_to
from tests.invoicing.tampering import after


def _paid_royalty() -> None:
    school, actor = Organisation.objects.get(name="Oakfield Primary School"), platform("test")
    Charges(actor)(school, 24_000, key="royalty:licence")
    owed_to(add_author(), of="royalty:licence")
    [invoice] = [one for one in bill() if one.customer_id == school.pk]
    source = receive(school, invoice.gross_pence, key="royalty:paid")
    allocate(source=source, to=invoice.items.get(), pence=invoice.gross_pence, on=FIRST, actor=actor)
    release_payables(on=FIRST, actor=actor)


_after = after(_paid_royalty)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "payables-owed": _after(
        "UPDATE invoicing_movement SET pence = pence - 1 WHERE debit_account_id = '6100' AND credit_account_id = '2400'"
    ),
    "payables-once-paid": _after(
        "UPDATE invoicing_allocation SET pence = pence - 100 WHERE source_id ="
        " (SELECT id FROM invoicing_unallocateditem WHERE source_key LIKE '%royalty:paid')"
    ),
}
