"""Scenario 21: a late payer. Interest and the fixed sum by statute, only when it is switched on."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.credit_control.services.late import LatePaymentIsOff, NothingToClaim, late_payments
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.models import Document
from invoicing.receivables.models import ReceivableItem
from invoicing.services import (
    allocate,
    claim_late_payment,
    load_reference_rate,
    propose_reminders,
    run_billing,
    seed_reminder_levels,
    send_reminders,
    set_late_payment,
)
from marketplace.core.actors import Role
from marketplace.core.periods import Period
from tests.conftest import finance
from tests.invoicing.books import receive

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Story:
    """Pence; days late on the day of the claim."""

    net: int
    gross: int
    days: int
    rate: Decimal
    interest: int
    fixed: int


# As described: £1,125.00 and VAT of £225.00, 41 days late at 8% + 3.75%:
# 1,350.00 × 0.1175 × 41 / 365 = 17.8180… → £17.82, and £70.00 since the debt is £1,000.00 or more.
DESCRIBED = Story(112_500, 135_000, 41, Decimal("0.0375"), 1_782, 7_000)
# Our own: £800.00 and VAT of £160.00, 73 days late at 8% + 4.25%:
# 960.00 × 0.1225 × 73 / 365 = 23.52 exactly, and £40.00 since the debt is under £1,000.00.
OUR_OWN = Story(80_000, 96_000, 73, Decimal("0.0425"), 2_352, 4_000)

GIVEN = Period(date(2026, 7, 6), date(2026, 7, 11))
INVOICED = date(2026, 7, 13)


def the_item(invoice: Document) -> ReceivableItem:
    return ReceivableItem.objects.select_related("document", "organisation").get(document=invoice)


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_a_delivered_consultancy_that_is_paid_late(partnership, oakfield, charges, story):
    officer, manager = finance(partnership), finance(partnership, Role.FINANCE_MANAGER, 9002)
    charges(oakfield, story.net, on=INVOICED, service=GIVEN, description="Leadership consultancy, 5 days")
    year = Period(date(2026, 4, 1), date(2027, 4, 1))
    charges(oakfield, story.net, on=INVOICED, service=year, purchase_order="A YEAR", description="HR advice for a year")
    run_billing(on=INVOICED, actor=officer)
    invoices = Document.objects.filter(customer=oakfield, gross_pence=story.gross).order_by("purchase_order")
    delivered, in_advance = map(the_item, invoices)
    assert delivered.due_on == INVOICED + timedelta(days=30)
    on = delivered.due_on + timedelta(days=story.days)

    # Switched off, nothing can be claimed, whatever it would come to.
    load_reference_rate(half_from=date(2026, 7, 1), rate=story.rate, actor=manager)
    with pytest.raises(LatePaymentIsOff):
        claim_late_payment(item=delivered, on=on, actor=officer)

    set_late_payment(from_on=on, claims=True, actor=manager)
    with pytest.raises(LatePaymentIsOff):
        claim_late_payment(item=delivered, on=on - timedelta(days=1), actor=officer)
    one, advance = late_payments([delivered, in_advance], on=on)
    assert (one.interest_left, one.fixed_left, advance.left) == (story.interest, story.fixed, 0)
    with pytest.raises(NothingToClaim):
        claim_late_payment(item=in_advance, on=on, actor=officer)

    claim = claim_late_payment(item=delivered, on=on, actor=officer)
    assert (claim.interest_pence, claim.fixed_pence) == (story.interest, story.fixed)
    with pytest.raises(NothingToClaim):
        claim_late_payment(item=delivered, on=on, actor=officer)

    # What is claimed is invoiced without VAT, since it is no supply.
    report = run_billing(on=on, actor=officer)
    claimed = Document.objects.filter(number__in=report.numbers)
    assert sum(invoice.gross_pence for invoice in claimed) == story.interest + story.fixed
    assert {(line.vat_category, line.vat_pence) for invoice in claimed for line in invoice.lines.all()} == {("O", 0)}

    # The reminder asks for both overdue invoices; once paid, nothing is asked for any more.
    seed_reminder_levels()
    proposal = propose_reminders(on=on)
    [reminder] = proposal.reminders
    assert reminder.pence == 2 * story.gross
    assert send_reminders(on=on, shown={oakfield.pk: mark_of(reminder)}, actor=officer).count == 1
    assert propose_reminders(on=on).reminders == []
    money = receive(oakfield, story.gross, key="late", on=on)
    allocate(source=money, to=delivered, pence=story.gross, on=on, actor=officer)
    later = on + timedelta(days=30)
    [after] = late_payments([the_item(delivered.document)], on=later)
    assert (after.interest_left, after.fixed_left) == (0, 0)
    call_command("verify_ledger")
