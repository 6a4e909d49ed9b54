"""What was sold in a supplier's name bears no interest of ours: the debt is the supplier's. It is reminded of all the same."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.credit_control.models import LateClaim
from invoicing.credit_control.services.late import DebtOfSupplier, late_payments
from invoicing.queries import open_items_for
from invoicing.services import (
    claim_late_payment,
    load_reference_rate,
    propose_reminders,
    seed_reminder_levels,
    set_late_payment,
)
from marketplace.core.actors import Role
from tests.conftest import finance
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import bill, nothing_written

pytestmark = pytest.mark.django_db
LATE = date(2026, 11, 30)


@pytest.fixture
def fenland(partnership):
    supplier = add_fenland()
    mandate_for(supplier, finance(partnership, Role.FINANCE_MANAGER))
    return supplier


@pytest.fixture
def rates(partnership):
    manager = finance(partnership, Role.FINANCE_MANAGER)
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.0375"), actor=manager)
    set_late_payment(from_on=date(2026, 9, 1), claims=True, actor=manager)


def test_interest_on_a_suppliers_invoice_is_not_ours_to_claim(fenland, oakfield, charges, rates, partnership):
    theirs = sold(fenland, oakfield, 100_000, charges)
    charges(oakfield, 100_000)
    [ours] = bill()
    officer = finance(partnership)
    found = {row.item.document_id: row for row in late_payments(list(open_items_for(officer)), on=LATE)}
    assert found[ours.pk].left > 0 and found[ours.pk].sold_by == ""
    assert (found[theirs.pk].left, found[theirs.pk].sold_by) == (0, "Fenland Software Ltd")
    with nothing_written(), pytest.raises(DebtOfSupplier, match="FEN-000001 was sold by Fenland Software Ltd"):
        claim_late_payment(item=theirs.items.get(), on=LATE, actor=officer)
    assert claim_late_payment(item=ours.items.get(), on=LATE, actor=officer) == LateClaim.objects.get()


def test_its_customer_is_reminded_as_of_any_other(fenland, oakfield, charges):
    theirs = sold(fenland, oakfield, 100_000, charges)
    seed_reminder_levels()
    [proposed] = propose_reminders(on=LATE).reminders
    assert proposed.customer_id == oakfield.pk
    assert theirs.number in str(proposed)
