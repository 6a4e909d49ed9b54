"""A provider's own e-invoice: read without trust, tied line by line to what is owed, or told why not."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.einvoice.ubl import build_ubl
from invoicing.documents.snapshot import DocumentSnapshot, Line, Party, VatLine
from invoicing.provider_invoices.deciding import agree_invoice
from invoicing.provider_invoices.errors import InvoiceKnown, OverCredited, WrittenByUs
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.receiving_ubl import PaperDoesNotTie, receive_ubl
from invoicing.provider_invoices.tying import Due, tie
from invoicing.provider_invoices.ubl_paper import Paper, PaperLine, PaperUnreadable, read_paper
from invoicing.services import reduce_payable
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.money import vat_on
from tests.core import small_files
from tests.invoicing.books import balances, nothing_written
from tests.invoicing.self_billing.ridgeway import NONE, ON, agreed, earned
from tests.invoicing.self_billing.test_own_invoices import sent
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
TAX = Decimal("0.20")


def paper(
    *lines: tuple[str, int], number: str = "R-17", kind: str = "invoice", credits: str = "", rate: Decimal = TAX,
    vat_number: str = "GB123456782",
) -> bytes:  # fmt: skip
    """A UBL file as the provider's own program writes it: lines of words and pence before VAT."""
    category = "S" if rate else "O"
    net = sum(pence for _, pence in lines)
    vat = vat_on(net, rate)
    reason = "" if rate else "Supplier not registered for VAT"
    return build_ubl(
        DocumentSnapshot(
            kind=kind, number=number, issued_on=ON, tax_point=ON, due_on=None if credits else ON, purchase_order="",
            payer_reference_name="Purchase order", net_pence=net, vat_pence=vat, gross_pence=net + vat,
            seller=Party(number="", name="Ridgeway Learning", address=["4 Ridge Way", "Tidewell"], vat_number=vat_number),
            customer=Party(number="", name="Tidewell Schools Partnership", address=["1 Quay", "Tidewell"]),
            lines=[
                Line(position=place, description=words, consumer="", quantity=Decimal(1), unit_price_pence=pence,
                     net_pence=pence, vat_category=category, vat_rate=rate, vat_reason=reason,
                     vat_pence=vat_on(pence, rate))
                for place, (words, pence) in enumerate(lines, start=1)
            ],
            vat=[VatLine(category, rate, reason, net, vat)], credits_number=credits, credits_issued_on=ON if credits else None,
        )
    )  # fmt: skip


@pytest.fixture
def ada(ridgeway, actor):
    return person(ridgeway, actor, role=Role.PROVIDER, name="Ada Ridge")


def received(provider, actor, xml: bytes, name: str = "R-17.xml") -> ProviderInvoice:
    return receive_ubl(provider=provider, upload=xml, file_name=name, on=ON, actor=actor)


def test_all_that_it_says_is_filled_in_and_each_line_tied(ridgeway, ada, priya):
    one = earned(ridgeway, 6_000, key="a")
    earned(ridgeway, 9_900, key="later")
    two = earned(ridgeway, 4_000, key="b")
    made = received(ridgeway, ada, paper(("Visit b", 4_000), ("Visit a", 6_000)))
    assert (made.number, made.dated_on, made.net_pence, made.vat_pence, made.kind) == ("R-17", ON, 10_000, 2_000, "own")
    assert {line.payable for line in made.lines.all()} == {one, two}
    assert made.file is not None and made.file.content_type == "application/xml"
    agree_invoice(invoice=made, on=ON, actor=priya)
    assert balances()["2210"] == 2_000


def test_what_does_not_tie_is_told_line_by_line_and_nothing_is_kept(ridgeway, ada):
    earned(ridgeway, 6_000, key="a")
    xml = paper(("Visit a", 6_500), ("Travel", 1_200), ("Visit a", 6_000))
    with nothing_written(), pytest.raises(PaperDoesNotTie) as refused:
        received(ridgeway, ada, xml)
    first, second = refused.value.detail
    assert (
        first.startswith("Line 1, Visit a (line ")
        and "is £65.00 before VAT, and £60.00 is owed to you for that" in first
    )
    assert "Line 2, Travel" in second and "no amount of that size is owed to you" in second
    place = int(second.split("(line ")[1].split(" ")[0])
    assert b"InvoiceLine" in xml.splitlines()[place - 1]
    assert not ProviderInvoice.objects.exists()


def test_another_rate_and_another_seller_do_not_tie(ridgeway, ada):
    earned(ridgeway, 6_000, key="a", vat=NONE)
    with pytest.raises(PaperDoesNotTie) as refused:
        received(ridgeway, ada, paper(("Visit a", 6_000), vat_number="GB999999973"))
    assert refused.value.detail == [
        "The seller's VAT number is GB999999973, and we know GB 123 4567 82.", refused.value.detail[1]
    ]  # fmt: skip
    assert "bears VAT of 20%, and we expect 0% on Visit a" in refused.value.detail[1]


_ENTITY = b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda xml: xml.replace(b"<Invoice", _ENTITY + b"<Invoice", 1), "document type is refused"),
        (lambda xml: xml[:-20], "Not well-formed"),
        (lambda xml: b"<statement/>", "Neither a UBL invoice nor a UBL credit note"),
        (lambda xml: xml.replace(b">GBP<", b">EUR<"), "currency is EUR"),
        (
            lambda xml: xml.replace(b">120.00<", b">121.00<"),
            r"£100\.00 and VAT of £20\.00 are not the total of £121\.00",
        ),
        (lambda xml: xml.replace(b"<cbc:IssueDate>2026-09-30<", b"<cbc:IssueDate>yesterday<"), "XSD"),
        (lambda xml: xml.replace(b">100.00<", b">100.005<"), "no whole number of pence"),
    ],
)
def test_an_unsound_file_is_refused_with_its_reason(ridgeway, ada, change, why):
    earned(ridgeway, 10_000, key="a")
    with nothing_written(), pytest.raises(PaperUnreadable) as refused:
        received(ridgeway, ada, change(paper(("Visit a", 10_000))))
    assert any(re.search(why, words) for words in refused.value.detail)


def test_a_file_of_another_name_or_kind_and_a_stranger_are_refused(ridgeway, priory, ada):
    earned(ridgeway, 10_000, key="a")
    with nothing_written(), pytest.raises(WrongFile):
        received(ridgeway, ada, paper(("Visit a", 10_000)), name="R-17.html")
    with nothing_written(), pytest.raises(PaperUnreadable):
        received(ridgeway, ada, small_files.PDF)
    earned(priory, 10_000, key="p", vat=NONE)
    with nothing_written(), pytest.raises(NotAllowed):
        received(priory, ada, paper(("Visit p", 10_000), rate=Decimal(0), vat_number=""))


def test_a_number_comes_once_and_not_beside_invoices_that_we_write(ridgeway, ada):
    earned(ridgeway, 10_000, key="a")
    received(ridgeway, ada, paper(("Visit a", 10_000)))
    earned(ridgeway, 10_000, key="b")
    with nothing_written(), pytest.raises(InvoiceKnown):
        received(ridgeway, ada, paper(("Visit b", 10_000)))
    agreed(ridgeway)
    with nothing_written(), pytest.raises(WrittenByUs):
        received(ridgeway, ada, paper(("Visit b", 10_000), number="R-18"))


def test_a_credit_note_names_its_own_invoice_and_takes_back_no_more(ridgeway, ada, priya, actor):
    earned(ridgeway, 10_000, key="a")
    invoice = received(ridgeway, ada, paper(("Visit a", 10_000)))
    reduce_payable(source_key="less", of="a", pence=2_500, reason="Half a day", on=ON, actor=actor)
    note = paper(("Visit a", 2_500), number="R-17C", kind="credit_note", credits="R-17")
    with nothing_written(), pytest.raises(WrongInput, match="that is agreed"):
        received(ridgeway, ada, note)
    agree_invoice(invoice=invoice, on=ON, actor=priya)
    with nothing_written(), pytest.raises(PaperUnreadable, match="credits R-99, and you sent no such invoice"):
        received(ridgeway, ada, paper(("Visit a", 2_500), number="C", kind="credit_note", credits="R-99"))
    agreed(ridgeway)  # what it invoiced itself it credits itself, also since we write its invoices
    made = received(ridgeway, ada, note)
    assert (made.kind, made.credits, made.gross_pence) == ("own_credit", invoice, 3_000)
    agree_invoice(invoice=made, on=ON, actor=priya)
    assert balances()["2400"] == -9_000
    with nothing_written(), pytest.raises(OverCredited, match=r"£90\.00 of R-17 is left to credit"):
        sent(ridgeway, ada, number="R-17D", net=7_600, vat=1_520, credits=invoice)


def test_nobody_credits_anothers_invoice(ridgeway, priory, ada, priya):
    earned(priory, 10_000, key="p", vat=NONE)
    other = sent(priory, priya, vat=0)
    with nothing_written(), pytest.raises(WrongInput, match="that you sent yourself"):
        sent(ridgeway, ada, number="C-1", net=100, vat=0, credits=other)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=6), st.data())
def test_each_amount_due_is_used_once_and_only_for_its_sum(owed, data):
    dues = [Due(place, words, pence, TAX) for place, (words, pence) in enumerate(owed)]
    asked = data.draw(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5)), max_size=6))
    lines = tuple(PaperLine(str(n), words, pence, TAX, n) for n, (words, pence) in enumerate(asked))
    chosen, reasons = tie(Paper(False, "1", date(2026, 9, 1), lines, 0, 0, 0, "", ""), dues)
    assert len(set(chosen)) == len(chosen) and len(chosen) + len(reasons) == len(lines)
    taken = sorted(dues[pk].pence for pk in chosen)
    for pence in {line.net_pence for line in lines}:
        wanted, there = sum(one.net_pence == pence for one in lines), sum(due.pence == pence for due in dues)
        assert taken.count(pence) == min(wanted, there)


def test_reading_alone_tells_every_figure(db):
    found = read_paper(paper(("Visit a", 6_000), ("Visit b", 4_000)))
    assert (found.number, found.net_pence, found.vat_pence, found.gross_pence) == ("R-17", 10_000, 2_000, 12_000)
    assert [(line.description, line.net_pence, line.vat_rate) for line in found.lines] == [
        ("Visit a", 6_000, TAX), ("Visit b", 4_000, TAX)
    ]  # fmt: skip
