"""E-invoices of instalments: one due date and one note of terms say every payment with its net, rate and VAT."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.documents.drafts import DraftGroup, DraftLine
from invoicing.documents.einvoice.ubl import build_ubl
from invoicing.documents.files import snapshot_of, ubl_of
from invoicing.documents.instalment_plan import plan
from invoicing.documents.models import Document
from invoicing.documents.snapshot import DocumentSnapshot, Instalment, InstalmentPart
from invoicing.services import credit_invoice, run_billing
from invoicing.vat.treatment import VatTreatment
from marketplace.core.periods import Period
from tests.conftest import EXEMPT, OUTSIDE, STANDARD, ZERO
from tests.invoicing.einvoice.papers import (
    BANK,
    HUB,
    PARTNERSHIP,
    REVERSE,
    SCHOOL,
    a_snapshot,
    an_item,
    assert_holds,
    said,
)

MAY = date(2026, 5, 1)
APRIL = date(2026, 4, 1)
YEAR = Period.months_from(APRIL, 12)


def in_instalments(*items: DraftLine, count: int, **changes: object) -> DocumentSnapshot:
    """A document of these items that is paid from 1 May 2026 by the platform's own plan."""
    whole = a_snapshot(*items, **changes)
    groups = [DraftGroup(vat.category, vat.rate, vat.reason, vat.net_pence, vat.vat_pence) for vat in whole.vat]
    payments: dict[int, Instalment] = {}
    for part in plan(groups, count=count, first_due=MAY):
        payment = payments.setdefault(part.position, Instalment(part.due_on, []))
        payment.parts.append(InstalmentPart(part.category, part.rate, part.net_pence, part.vat_pence))
    return replace(whole, due_on=MAY, instalments=list(payments.values()))


def terms(xml: bytes) -> str:
    [note] = said(xml, "cac:PaymentTerms/cbc:Note")
    return note


def test_each_payment_says_its_net_rate_and_vat_and_the_first_due_date_is_the_invoice_s() -> None:
    xml = build_ubl(in_instalments(an_item(100_00), count=3))
    assert terms(xml) == (
        "Pay in 3 instalments: £40.01 by 1 May 2026 (£33.34 with VAT of £6.67 at 20%); "
        "£40.00 by 1 June 2026 (£33.33 with VAT of £6.67 at 20%); "
        "£39.99 by 1 July 2026 (£33.33 with VAT of £6.66 at 20%). The VAT of each falls due with it."
    )
    assert said(xml, "cbc:DueDate") == ["2026-05-01"]
    assert said(xml, "cbc:TaxPointDate") == [], "each instalment has its own"
    assert_holds(xml)


def test_exempt_and_standard_stand_apart_in_each_payment() -> None:
    xml = build_ubl(in_instalments(an_item(100_00), an_item(24_00, EXEMPT), count=2))
    assert terms(xml).startswith(
        "Pay in 2 instalments: £72.00 by 1 May 2026 (£12.00 exempt, £50.00 with VAT of £10.00 at 20%);"
    )
    assert_holds(xml)


def test_without_vat_the_tax_point_stays_one() -> None:
    xml = build_ubl(in_instalments(an_item(24_00, EXEMPT), count=2))
    assert terms(xml) == (
        "Pay in 2 instalments: £12.00 by 1 May 2026 (£12.00 exempt); £12.00 by 1 June 2026 (£12.00 exempt)."
    )
    assert said(xml, "cbc:TaxPointDate") == ["2026-08-28"]
    assert_holds(xml)


FIVE = VatTreatment("S", Decimal("0.05"))
OTHER_GRANT = VatTreatment("O", Decimal(0), "Within one legal person: not a supply")
TRADER = replace(SCHOOL, vat_number="GB222333444")
SELLERS = [PARTNERSHIP, HUB, replace(HUB, vat_number="")]  # itself; as agent for a registered one; for one that is not


@pytest.mark.parametrize("count", [1, 2, 12])
@pytest.mark.parametrize(
    "treatments",
    [
        [STANDARD], [STANDARD, EXEMPT], [STANDARD, FIVE, ZERO, EXEMPT], [ZERO], [EXEMPT], [OUTSIDE], [OTHER_GRANT],
        [OUTSIDE, OTHER_GRANT], [REVERSE], [STANDARD, REVERSE],
    ],
    ids=lambda them: "+".join(dict.fromkeys(one.category for one in them)),
)  # fmt: skip
@pytest.mark.parametrize("seller", SELLERS, ids=["own", "agent", "agent for unregistered"])
def test_every_mix_of_rates_holds_at_once_and_in_instalments(
    seller: object, treatments: list[VatTreatment], count: int
) -> None:
    if seller is SELLERS[2]:  # it charges no VAT
        treatments = [one for one in treatments if one.category not in ("S", "AE")] or [EXEMPT]
    items = [an_item(10_001 + 7 * index, vat) for index, vat in enumerate(treatments)]
    assert_holds(build_ubl(in_instalments(*items, count=count, seller=seller, customer=TRADER)))


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
class TestOfRealDocuments:
    @pytest.fixture
    def invoice(self, oakfield, charges, actor) -> Document:
        """£1,000.00 + £200.00 VAT and £120.00 exempt, in twelve payments from 1 May."""
        for pence, vat in ((100_000, {}), (12_000, {"vat": EXEMPT})):
            charges(oakfield, pence, on=APRIL, service=YEAR, instalments=12, **vat)
        [number] = run_billing(on=APRIL, actor=actor).numbers
        return Document.objects.get(number=number)

    def test_the_snapshot_takes_every_payment_from_the_frozen_plan(self, invoice):
        snapshot = snapshot_of(invoice, demonstration=False, pay_to=BANK)
        assert len(snapshot.instalments) == 12
        first, last = snapshot.instalments[0], snapshot.instalments[-1]
        assert (first.due_on, last.due_on) == (snapshot.due_on, date(2027, 4, 1)) and first.due_on == MAY
        assert [(p.category, p.net_pence, p.vat_pence) for p in first.parts] == [("E", 1_000, 0), ("S", 8_334, 1_667)]
        assert [(p.category, p.net_pence, p.vat_pence) for p in last.parts] == [("E", 1_000, 0), ("S", 8_333, 1_666)]
        assert sum(payment.gross_pence for payment in snapshot.instalments) == snapshot.gross_pence

    def test_its_e_invoice_holds_and_so_does_a_credit_of_it(self, invoice, actor):
        xml = ubl_of(invoice, demonstration=False, pay_to=BANK)
        assert terms(xml).startswith("Pay in 12 instalments: £110.01 by 1 May 2026 (£10.00 exempt, £83.34 with VAT")
        assert_holds(xml)
        line = invoice.lines.get(vat_category="S")
        note = credit_invoice(invoice=invoice, amounts={line.pk: 25_000}, reason="Ends early", on=APRIL, actor=actor)
        assert snapshot_of(note, demonstration=False, pay_to=BANK).instalments == []
        assert_holds(ubl_of(note, demonstration=False, pay_to=BANK))

    def test_a_document_due_at_once_has_no_plan(self, oakfield, charges, actor):
        charges(oakfield, 1_000, on=APRIL)
        [number] = run_billing(on=APRIL, actor=actor).numbers
        snapshot = snapshot_of(Document.objects.get(number=number), demonstration=False, pay_to=BANK)
        assert snapshot.instalments == [] and not snapshot.vat_follows_instalments
