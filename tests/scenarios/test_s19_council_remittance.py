"""Scenario 19. The council pays twelve invoices of nine schools by one bank receipt, net of one credit note."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.reports import trial_balance
from invoicing.queries import aged_debtors, on_account_for, open_items_for, statement_for
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import allocate_many, charge, credit_invoice, record_receipt, run_billing
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import EXEMPT, STANDARD, START, finance

pytestmark = pytest.mark.django_db

SCHOOLS = [
    "Ashfield Primary", "Brambles Infant", "Cedar Park Junior", "Dovecote Primary", "Elm Grove Primary",
    "Foxhollow Special", "Greenway Nursery", "Hazel Bank Primary", "Ivy House Primary",
]  # fmt: skip
FIRST, SECOND, REMITTED = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 20)


@dataclass(frozen=True)
class Remittance:
    """What the council's one payment is meant to settle."""

    council: Organisation
    invoices: list[Document]
    credit: UnallocatedItem
    expected: int


def _sell(school: Organisation, pence: int, on: date, officer: Actor, *, exempt: bool = False) -> None:
    charge(
        source_key=f"service:{school.number}:{on}", consumer=school, invoice_to=school, description="Service",
        quantity=Decimal(1), unit_price=Money(pence), net=Money(pence), vat=EXEMPT if exempt else STANDARD,
        account_code="4200", stream_code="BS", bill_on=on, actor=officer,
    )  # fmt: skip


def _trade(council: Organisation, first: list[int], second: list[int], officer: Actor) -> list[Document]:
    """One invoice in September for each school and a further one in October for the first ones."""
    schools = [
        add_organisation(
            kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=officer, address=Address(town="Tidewell")
        )
        for name in SCHOOLS
    ]
    numbers: list[str] = []
    for on, nets in ((FIRST, first), (SECOND, second)):
        for index, (school, pence) in enumerate(zip(schools, nets, strict=False)):
            _sell(school, pence, on, officer, exempt=index % 3 == 2)
        numbers += run_billing(on=on, actor=officer).numbers
    return list(Document.objects.filter(number__in=numbers).order_by("number"))


def _credit_after_payment(invoice: Document, pence: int, officer: Actor) -> UnallocatedItem:
    """The school itself has paid this invoice; a later credit note of it stays on account for the next one."""
    bank = LedgerAccount.objects.get(code="1000")
    own = record_receipt(
        source_key="school-pays", payer=invoice.customer, pence=invoice.gross_pence, received_on=SECOND,
        reference=invoice.number or "", bank_account=bank, actor=officer,
    )  # fmt: skip
    allocate_many(pairs=[(own, invoice.items.get(), invoice.gross_pence)], on=SECOND, actor=officer)
    note = credit_invoice(
        invoice=invoice, amounts={invoice.lines.get().pk: pence}, reason="Two sessions fell out",
        on=date(2026, 10, 5), actor=officer,
    )  # fmt: skip
    return UnallocatedItem.objects.get(document=note)


def _prepare(council: Organisation, first: list[int], second: list[int], credit: int, officer: Actor) -> Remittance:
    documents = _trade(council, first, second, officer)
    paid_by_itself = documents[0]  # the first school's September invoice: not among the twelve
    item = _credit_after_payment(paid_by_itself, credit, officer)
    rest = documents[1:]
    assert len(rest) == 12
    assert len({document.customer_id for document in rest}) == 9
    return Remittance(council, rest, item, sum(document.gross_pence for document in rest) - item.pence)


def _settle(remittance: Remittance, received: int, officer: Actor) -> None:
    """The credit goes against its own school's other invoice; the receipt settles all that is left."""
    bank = LedgerAccount.objects.get(code="1000")
    receipt = record_receipt(
        source_key="bacs:20261020:1", payer=remittance.council, pence=received, received_on=REMITTED,
        reference="TIDEWELL BC", bank_account=bank, actor=officer,
    )  # fmt: skip
    pairs = []
    credit_left = remittance.credit.pence
    for document in remittance.invoices:
        item = document.items.get()
        owed = item.outstanding_pence
        if document.customer_id == remittance.credit.organisation_id:
            taken = min(credit_left, owed)
            pairs.append((remittance.credit, item, taken))
            credit_left, owed = credit_left - taken, owed - taken
        pairs.append((receipt, item, owed))
    allocate_many(pairs=pairs, on=REMITTED, actor=officer)


def _all_settled_nothing_left(remittance: Remittance, officer: Actor) -> None:
    assert all(document.items.get().outstanding_pence == 0 for document in remittance.invoices)
    assert list(open_items_for(officer)) == []
    assert list(on_account_for(officer)) == []
    assert aged_debtors(officer, on=REMITTED) == []
    assert statement_for(officer, remittance.council, start=FIRST, end=date(2027, 1, 1)).closing == 0


def test_twelve_invoices_of_nine_schools_net_of_a_credit_note(partnership, council):
    """September: £100.00, £200.00, … £900.00 for nine schools; October: £50.00, £60.00, £70.00, £80.00 for the first
    four. Every third school's service is exempt, the rest is at 20%.

    September gross: 120, 240, 300, 480, 600, 600, 840, 960, 900 = 5,040.00. October: 60, 72, 70, 96 = 298.00. The
    first school pays its own 120.00 and is then credited £30.00 + 6.00 of it.
    Twelve invoices: 5,040 − 120 + 298 = 5,218.00; less the credit of 36.00 the council remits 5,182.00.
    """
    officer = finance(partnership)
    remittance = _prepare(council, [10_000 * n for n in range(1, 10)], [5_000, 6_000, 7_000, 8_000], 3_000, officer)
    assert remittance.credit.pence == 3_600
    assert remittance.expected == 518_200
    _settle(remittance, 518_200, officer)
    _all_settled_nothing_left(remittance, officer)
    found = {line.code: line.pence for line in trial_balance(on=REMITTED) if line.pence}
    # Net 4,500.00 + 260.00 − 30.00; VAT 540.00 + 38.00 − 6.00; bank 120.00 + 5,182.00.
    assert found == {"1000": 530_200, "2200": -57_200, "4200": -473_000}
    call_command("verify_ledger")


def test_our_own_amounts_with_odd_pennies(partnership, council):
    """September nets £33.33, £66.67, £125.05, £8.88, £990.01, £412.99, £0.01, £57.57, £1,250.00; October £33.34,
    £11.11, £99.99, £0.03.

    Gross (third, sixth and ninth exempt): 40.00 (33.33 + 6.67), 80.00 (13.33), 125.05, 10.66 (1.78), 1,188.01 (198.00),
    412.99, 0.01 (0.00), 69.08 (11.51), 1,250.00 = 3,175.80; October: 40.01 (6.67), 13.33 (2.22), 99.99 exempt, 0.04
    (0.01) = 153.37. Less the first school's own 40.00: 3,289.17. Credit £10.01 + 2.00 = 12.01: remitted 3,277.16.
    """
    officer = finance(partnership)
    first = [3_333, 6_667, 12_505, 888, 99_001, 41_299, 1, 5_757, 125_000]
    remittance = _prepare(council, first, [3_334, 1_111, 9_999, 3], 1_001, officer)
    assert remittance.credit.pence == 1_201
    assert sum(document.gross_pence for document in remittance.invoices) == 328_917
    assert remittance.expected == 327_716
    _settle(remittance, 327_716, officer)
    _all_settled_nothing_left(remittance, officer)
    assert {line.code: line.pence for line in trial_balance(on=REMITTED) if line.pence}["1000"] == 331_716
    call_command("verify_ledger")
