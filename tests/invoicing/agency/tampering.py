"""How each invariant of agency is broken by someone who switched the guards off."""

from collections.abc import Callable
from datetime import date

from invoicing.ledger.models import LedgerAccount
from invoicing.services import allocate, approve_settlement, pay_settlement, prepare_settlement
from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, receive
from tests.invoicing.tampering import after
from tests.shop import person

_DAY = date(2026, 9, 30)


def _settled_sale() -> None:
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    school = Organisation.objects.get(name="Oakfield Primary School")
    actor = platform("test")
    officer = person(ours, actor, name="Agency Officer", role=Role.FINANCE_OFFICER)
    manager = person(ours, actor, name="Agency Manager", role=Role.FINANCE_MANAGER)
    supplier = add_fenland()
    mandate_for(supplier, manager)
    invoice = sold(supplier, school, 100_000, Charges(actor), key="agency:seat")
    source = receive(school, 120_000, key="agency:paid")
    allocate(source=source, to=invoice.items.get(), pence=120_000, on=FIRST, actor=actor)
    made = prepare_settlement(supplier=supplier, on=_DAY, actor=officer)
    approved = approve_settlement(settlement=made, on=_DAY, actor=manager)
    bank = LedgerAccount.objects.get(code="1000")
    pay_settlement(settlement=approved, bank_account=bank, reference="", on=_DAY, actor=officer)


_after = after(_settled_sale)


TAMPERINGS: dict[str, Callable[[], None]] = {
    "agency-payables": _after(
        "UPDATE invoicing_movement SET pence = pence - 1 WHERE debit_account_id = '2400' AND credit_account_id = '1000'"
    ),
    "agency-sales-are-the-suppliers": _after(
        "UPDATE invoicing_movement SET credit_account_id = '4200' WHERE debit_account_id = '1100'"
        " AND credit_account_id = '2400'", "invoicing_movement",
    ),
    "agency-settlements": _after(
        "UPDATE invoicing_agencysettlement SET decided_by_id = prepared_by_id", "invoicing_agencysettlement",
    ),
}  # fmt: skip
