"""Paper and e-invoice of what is sold in a supplier's name: seller, payee, and no fatal assertion."""

import pytest
from lxml import etree

from invoicing.documents.einvoice.checking import check_ubl
from invoicing.documents.files import pdf_of, ubl_of
from invoicing.documents.snapshot import BankDetails
from invoicing.services import credit_invoice
from tests.conftest import EXEMPT
from tests.invoicing.agency.fenland import sold
from tests.invoicing.books import FIRST
from tests.invoicing.documents.papers import text_of

pytestmark = pytest.mark.django_db
OURS = BankDetails("Tidewell Schools Partnership", "309612", "12345678")
_NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def said(ubl: bytes, path: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(ubl).iterfind(path, _NS)]


@pytest.mark.parametrize("exempt", [False, True], ids=["standard rate", "exempt"])
def test_the_e_invoice_names_the_supplier_as_seller_and_us_as_payee(fenland, oakfield, charges, exempt):
    more = {"vat": EXEMPT} if exempt else {}
    invoice = sold(fenland, oakfield, 100_000, charges, **more)
    ubl = ubl_of(invoice, demonstration=False, pay_to=OURS)
    assert check_ubl(ubl) == []
    seller = "cac:AccountingSupplierParty/cac:Party/"
    assert said(ubl, seller + "cac:PartyLegalEntity/cbc:RegistrationName") == ["Fenland Software Ltd"]
    assert said(ubl, seller + "cac:PartyTaxScheme/cbc:CompanyID") == ["GB987654321"]
    assert said(ubl, "cac:PayeeParty/cac:PartyName/cbc:Name") == ["Tidewell Schools Partnership"]
    assert said(ubl, "cbc:ID") == ["FEN-000001"]
    assert (
        "Sold by Fenland Software Ltd. Tidewell Schools Partnership issues this invoice in its name"
        in said(ubl, "cbc:Note")[0]
    )


def test_so_does_its_credit_note(fenland, oakfield, charges, actor):
    invoice = sold(fenland, oakfield, 100_000, charges)
    amounts = {invoice.lines.get().pk: 40_000}
    note = credit_invoice(invoice=invoice, amounts=amounts, reason="Fewer seats", on=FIRST, actor=actor)
    ubl = ubl_of(note, demonstration=False, pay_to=OURS)
    assert check_ubl(ubl) == []
    assert said(ubl, "cbc:ID") == ["FEN-CN-000001"]
    assert said(ubl, "cac:PayeeParty") == []


def test_the_paper_says_who_sells_and_who_collects(fenland, oakfield, charges):
    invoice = sold(fenland, oakfield, 100_000, charges)
    text = text_of(pdf_of(invoice, demonstration=False, pay_to=OURS))
    assert "VAT invoice" in text
    assert "FEN-000001" in text
    assert "Sold by Fenland Software Ltd. Tidewell Schools Partnership issues this invoice in its name" in text
    assert "Account name Tidewell Schools Partnership" in text


def test_our_own_invoices_say_nothing_of_an_agent(partnership, oakfield, charges):
    invoice = sold(partnership, oakfield, 100_000, charges)
    assert "agent" not in invoice.seller
    assert "in its name" not in text_of(pdf_of(invoice, demonstration=False, pay_to=OURS))
