"""Scenario 28. Three lines of £33.33 at 20% on one invoice, then credited one by one: the VAT is £20.00 both ways."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.services import charge, credit_invoice, run_billing
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from tests.conftest import STANDARD, finance

pytestmark = pytest.mark.django_db
ISSUED = date(2026, 9, 1)


def invoice_for(school: Organisation, nets: list[int], officer: Actor) -> Document:
    """The school is charged once per line and invoiced by the finance officer."""
    for number, pence in enumerate(nets, start=1):
        charge(
            source_key=f"visit:{school.number}:{number}", consumer=school, invoice_to=school,
            description=f"Adviser's visit {number}", quantity=Decimal(1), unit_price=Money(pence), net=Money(pence),
            vat=STANDARD, account_code="4110", stream_code="SI", bill_on=ISSUED, actor=officer,
        )  # fmt: skip
    [number] = run_billing(on=ISSUED, actor=officer).numbers
    return Document.objects.get(number=number)


def credited_one_by_one(invoice: Document, officer: Actor) -> list[int]:
    """VAT of the credit note of each line, in the order of the lines."""
    notes = [
        credit_invoice(
            invoice=invoice, amounts={line.pk: line.net_pence}, reason="Visit not made", on=date(2026, 9, day),
            actor=officer,
        )
        for day, line in enumerate(invoice.lines.order_by("position"), start=10)
    ]  # fmt: skip
    assert invoice.items.get().outstanding_pence == 0
    assert sum(note.gross_pence for note in notes) == invoice.gross_pence
    return [note.vat_pence for note in notes]


def test_three_lines_of_33_33_have_20_00_of_vat_and_so_have_their_credits(partnership, oakfield):
    officer = finance(partnership)
    invoice = invoice_for(oakfield, [3_333, 3_333, 3_333], officer)
    assert (invoice.net_pence, invoice.vat_pence, invoice.gross_pence) == (9_999, 2_000, 11_999)
    assert list(invoice.lines.order_by("position").values_list("vat_pence", flat=True)) == [667, 667, 666]
    # Credited so far 33.33, 66.66, 99.99: VAT 6.67, 13.33, 20.00; each note has the difference.
    assert credited_one_by_one(invoice, officer) == [667, 666, 667]
    call_command("verify_ledger")


def test_seven_lines_of_our_own_amounts(partnership, oakfield):
    """£12.12, £0.02, £0.02, £7.77, £7.77, £19.99, £0.01: net £47.70, VAT at 20% £9.54.

    Exact shares in pence: 242.4, 0.4, 0.4, 155.4, 155.4, 399.8, 0.2; whole pence 242, 0, 0, 155, 155, 399, 0 = 951.
    Three pennies are left: to the largest remainders, .8 first, then the .4s in the order of the lines: 1 and 2.
    By cumulative net 1212, 1214, 1216, 1993, 2770, 4769, 4770: VAT 242, 243, 243, 399, 554, 954, 954 (242.8 → 243,
    243.2 → 243, 398.6 → 399, 953.8 → 954), so the notes have 242, 1, 0, 156, 155, 400, 0.
    """
    officer = finance(partnership)
    invoice = invoice_for(oakfield, [1_212, 2, 2, 777, 777, 1_999, 1], officer)
    assert (invoice.net_pence, invoice.vat_pence) == (4_770, 954)
    shares = list(invoice.lines.order_by("position").values_list("vat_pence", flat=True))
    assert shares == [243, 1, 0, 155, 155, 400, 0]
    assert credited_one_by_one(invoice, officer) == [242, 1, 0, 156, 155, 400, 0]
    call_command("verify_ledger")
