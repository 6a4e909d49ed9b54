"""A school's page of an invoice for several schools, for several purchase orders, and in instalments."""

from datetime import date

import pytest
from django.test import Client

from invoicing.documents.models import Document
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.services import allocate, credit_invoice, record_receipt
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import EXEMPT, Charges
from tests.frontend.school.conftest import ON, Buying, TrustCast
from tests.frontend.school.visits import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(school: Organisation, charges: Charges, buying: Buying) -> Document:
    """£300.00 + £60.00 VAT and £30.00 exempt in three payments of £130.00, from 1 October."""
    year = Period.months_from(ON, 12)
    charges(school, 30_000, on=ON, service=year, instalments=3)
    charges(school, 3_000, on=ON, service=year, instalments=3, vat=EXEMPT)
    [number] = buying.bill()
    return Document.objects.get(number=number)


def test_when_to_pay_lists_each_payment(
    as_sam: Client, base: str, planned: Document, school: Organisation, actor: Actor
) -> None:
    first = planned.items.order_by("due_on").first()
    assert first is not None
    receipt = record_receipt(
        source_key="first", payer=school, pence=13_000, received_on=ON, reference="BACS",
        bank_account=LedgerAccount.objects.get(code=chart.BANK), actor=actor,
    )  # fmt: skip
    allocate(source=receipt, to=first, pence=13_000, on=ON, actor=actor)
    standard = planned.lines.get(vat_category="S")
    credit_invoice(invoice=planned, amounts={standard.pk: 2_500}, reason="Less", on=ON, actor=actor)
    page = text_of(as_sam.get(f"{base}/invoices/{planned.number}"))
    assert "First payment due 1 October 2026" in page
    assert "1 October 2026 £110.00 £20.00 £130.00 £0.00 Paid" in page
    assert "1 November 2026 £110.00 £20.00 £130.00 £130.00 Open" in page
    assert "1 December 2026 £110.00 £20.00 £130.00 £100.00 Open" in page, "a credit takes from the last"
    assert "Total £330.00 £60.00 £390.00 £230.00" in page
    assert "The VAT of each payment falls due on its due date, or when you pay it if that is earlier." in page


def test_an_invoice_due_at_once_has_no_plan(
    as_sam: Client, base: str, school: Organisation, charges: Charges, buying: Buying
) -> None:
    charges(school, 1_000, on=ON)
    [number] = buying.bill()
    page = text_of(as_sam.get(f"{base}/invoices/{number}"))
    assert "When to pay" not in page and "Due 1 October 2026" in page


def test_a_plan_is_nobody_elses(as_outsider: Client, base: str, planned: Document) -> None:
    assert as_outsider.get(f"{base}/invoices/{planned.number}").status_code == 404


def test_a_trust_reads_each_schools_sum_with_its_vat_and_its_orders(
    trust_cast: TrustCast, charges: Charges, buying: Buying, actor: Actor
) -> None:
    set_terms(organisation=trust_cast.trust, actor=actor, invoice_grouping=CustomerTerms.Grouping.TOGETHER)
    first, second = trust_cast.academies
    for academy, pence, order in ((first, 10_000, "A"), (second, 5_000, "B-7")):
        charges(trust_cast.trust, pence, consumer=academy, invoice_to=trust_cast.trust, on=ON, purchase_order=order)
    [number] = buying.bill()
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/invoices/{number}"))
    assert "Sum for Harbour Academy £100.00 £20.00 £120.00" in page
    assert "Sum for Lighthouse Academy £50.00 £10.00 £60.00" in page
    assert "Purchase order On each line" in page
    assert "Purchase order: A" in page and "Purchase order: B-7" in page


def test_one_purchase_order_is_said_once(
    as_sam: Client, base: str, school: Organisation, charges: Charges, buying: Buying
) -> None:
    charges(school, 1_000, on=ON, purchase_order="A")
    [number] = buying.bill(date(2026, 9, 1))
    page = text_of(as_sam.get(f"{base}/invoices/{number}"))
    assert page.count("Purchase order A") == 1 and "Purchase order: A" not in page and "With VAT" not in page
