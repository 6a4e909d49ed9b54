"""Hand-made snapshots of every kind, and what may be asked of an e-invoice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from invoicing.documents.drafts import DraftLine, with_vat
from invoicing.documents.einvoice.checking import check_ubl
from invoicing.documents.snapshot import BankDetails, DocumentSnapshot, Line, Party, VatLine
from invoicing.vat.treatment import VatTreatment
from tests.conftest import STANDARD

PARTNERSHIP = Party(
    number="C-000001",
    name="Tidewell Schools Partnership",
    address=["1 Harbour Row", "Tidewell", "TW1 1AA"],
    vat_number="GB 123 4567 89",
    company_number="01234567",
    email="invoices@partnership.example",
)
SCHOOL = Party(number="C-000002", name="Oakfield Primary School", address=["Oak Lane", "Tidewell", "TW2 2BB"])
HUB = Party(
    number="C-000003", name="Meridian Teaching School Hub", address=["Quay House", "TW3 3CC"], vat_number="987654321"
)
BANK = BankDetails("Tidewell Schools Partnership", "090128", "12345678")
REVERSE = VatTreatment("AE", Decimal(0), "Services received from abroad")
NAMES = {
    None: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def an_item(pence: int = 10_000, vat: VatTreatment = STANDARD, **changes: object) -> DraftLine:
    usual = DraftLine(
        description="Safeguarding for new leaders",
        consumer_id=2,
        consumer_name="Oakfield Primary School",
        quantity=Decimal(1),
        unit_price_pence=pence,
        net_pence=pence,
        vat=vat,
        account="4200",
        stream="BS",
    )
    return usual._replace(**changes)


def a_snapshot(*items: DraftLine, **changes: object) -> DocumentSnapshot:
    """A document of these items by the platform's own VAT policy."""
    taxed, groups = with_vat(items or [an_item()])
    net, vat = sum(group.net_pence for group in groups), sum(group.vat_pence for group in groups)
    usual = DocumentSnapshot(
        kind="invoice",
        number="INV-001187",
        issued_on=date(2026, 9, 1),
        tax_point=date(2026, 8, 28),
        due_on=date(2026, 10, 1),
        purchase_order="PO-4471",
        payer_reference_name="Purchase order",
        seller=PARTNERSHIP,
        customer=SCHOOL,
        lines=[_line(position, item) for position, item in enumerate(taxed, 1)],
        vat=[VatLine(g.category, g.rate, g.reason, g.net_pence, g.vat_pence) for g in groups],
        net_pence=net,
        vat_pence=vat,
        gross_pence=net + vat,
        bank=BANK,
    )
    return replace(usual, **changes)


def _line(position: int, item: DraftLine) -> Line:
    return Line(
        position=position,
        description=item.description,
        consumer=item.consumer_name,
        quantity=item.quantity,
        unit_price_pence=item.unit_price_pence,
        net_pence=item.net_pence,
        vat_category=item.vat.category,
        vat_rate=item.vat.rate,
        vat_reason=item.vat.reason,
        vat_pence=item.vat_pence,
        cfr_code=item.cfr_code,
        service_from=item.service_from,
        service_to=item.service_to,
        purchase_order=item.purchase_order,
        working=list(item.working),
    )


def assert_holds(xml: bytes) -> None:
    """No schema error, no fatal assertion, and no warning either."""
    assert [str(finding) for finding in check_ubl(xml)] == []


def said(xml: bytes, path: str) -> list[str]:
    """The texts at a path, with UBL's usual prefixes."""
    names = {name: space for name, space in NAMES.items() if name}
    return [element.text for element in etree.fromstring(xml).iterfind(path, names)]
