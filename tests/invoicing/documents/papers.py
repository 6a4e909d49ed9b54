"""Hand-made snapshots as they are set on paper, and what may be read of a PDF."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pypdf import PdfReader

from invoicing.documents.snapshot import DocumentSnapshot, Line, Party, VatLine

TWENTY = Decimal("0.20")
ZERO = Decimal(0)

PARTNERSHIP = Party(
    number="P000001",
    name="Tidewell Schools Partnership",
    address=["The Old Library", "4 Quay Street", "Tidewell", "TW1 4QS"],
    vat_number="GB123456789",
    company_number="01234567",
)
TRUST = Party(number="C000123", name="Oakfield Learning Trust", address=["12 Elm Road", "Tidewell", "TW2 6AB"])


def a_line(position: int = 1, **changes: object) -> Line:
    usual = Line(
        position=position,
        description="Safeguarding for new leaders",
        consumer="Oakfield Primary",
        quantity=Decimal(3),
        unit_price_pence=140_00,
        net_pence=420_00,
        vat_category="S",
        vat_rate=TWENTY,
        vat_reason="",
        vat_pence=84_00,
        cfr_code="E09",
        aar_code="BAE090",
    )
    return replace(usual, **changes)


def an_invoice(lines: list[Line], **changes: object) -> DocumentSnapshot:
    groups: dict[tuple[str, Decimal, str], int] = {}
    for line in lines:
        key = (line.vat_category, line.vat_rate, line.vat_reason)
        groups[key] = groups.get(key, 0) + line.net_pence
    vat = [VatLine(*key, net_pence=net, vat_pence=int(net * key[1])) for key, net in groups.items()]
    net, tax = sum(group.net_pence for group in vat), sum(group.vat_pence for group in vat)
    usual = DocumentSnapshot(
        kind="invoice",
        number="INV-001187",
        issued_on=date(2026, 9, 1),
        tax_point=date(2026, 8, 28),
        due_on=date(2026, 10, 1),
        purchase_order="PO-4471",
        payer_reference_name="Purchase order",
        seller=PARTNERSHIP,
        customer=TRUST,
        lines=lines,
        vat=vat,
        net_pence=net,
        vat_pence=tax,
        gross_pence=net + tax,
        pay_to=["Sort code 09-01-28", "Account number 12345678"],
    )
    return replace(usual, **changes)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, white space collapsed."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def metadata_of(pdf: bytes) -> str:
    stream = PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_object()
    return stream.get_data().decode()


MIXED = [
    a_line(1, vat_category="E", vat_rate=ZERO, vat_reason="training by an eligible body", vat_pence=0),
    a_line(
        2,
        description="HR advice and casework",
        quantity=Decimal(1),
        unit_price_pence=761_00,
        net_pence=761_00,
        vat_pence=152_20,
        service_from=date(2026, 9, 1),
        service_to=date(2027, 5, 15),
        working=["Base £400.00", "38 staff × £9.50 = £361.00, October 2025 census"],
    ),
    a_line(
        3,
        description="Picture books",
        consumer="Oakfield Learning Trust",
        quantity=Decimal("2.50"),
        unit_price_pence=10_00,
        net_pence=25_00,
        vat_category="Z",
        vat_rate=ZERO,
        vat_reason="printed books",
        vat_pence=0,
        purchase_order="CC-9",
    ),
]
