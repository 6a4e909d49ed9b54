"""Files for finance systems: parsed back, their sums are the documents' to the penny, and no cell is run."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models import Offer
from frontend.school.export_layouts import ARBOR_HEADER, LAYOUTS, PLAIN_HEADER, SAGE_HEADER, ExportLine, cells_of
from invoicing.documents.models import Document
from invoicing.services import credit_invoice
from marketplace.core.actors import Actor
from marketplace.trading.models import OrderLine
from marketplace.trading.services import set_line_codes
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, Buying, TrustCast
from tests.frontend.school.visits import text_of
from tests.shop import Shop

DATES = "first_day=1&first_month=9&first_year=2026&last_day=30&last_month=9&last_year=2026"


@pytest.fixture
def papers(buying: Buying, course: Offer, shop: Shop, actor: Actor, sam: Actor) -> None:
    """£420.00 exempt and £99.99 at 20% on one invoice, £33.33 of it credited; the course is booked under 4300."""
    buying.add(course, 3)
    buying.add(shop.offer("reports", title='=Reports, "all"', prices={0: {"flat": "99.99"}}), run=None)
    order = buying.order(purchase_order="=PO-77")
    buying.bill()
    invoice = Document.objects.get()
    line = invoice.lines.get(net_pence=9_999)
    credit_invoice(invoice=invoice, amounts={line.pk: 3_333}, reason="Late", on=ON, actor=actor)
    set_line_codes(order=order, codes={OrderLine.objects.get(run__isnull=False).pk: "4300"}, actor=sam)


def read(client: Client, base: str, system: str) -> tuple[list[str], list[dict[str, str]]]:
    answer = client.get(f"{base}/exports/file?system={system}&supplier=PART01&{DATES}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.content.decode(LAYOUTS[system].encoding)
    header, *rows = csv.reader(io.StringIO(text))
    assert all(len(row) == len(header) for row in rows)
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def of_documents() -> dict[str, dict[str, int]]:
    """Net, VAT and gross of invoices and of credit notes."""
    return {
        kind: Document.objects.filter(kind=kind).aggregate(net=Sum("net_pence"), vat=Sum("vat_pence"), gross=Sum("gross_pence"))
        for kind in ("invoice", "credit_note")
    }  # fmt: skip


def pence(rows: list[dict[str, str]], column: str) -> int:
    return int(sum((Decimal(row[column]) for row in rows), Decimal(0)) * 100)


@pytest.mark.django_db
@pytest.mark.parametrize("system", ["fms6", "access"])
def test_our_own_layout_holds_the_documents_with_credits_below_nought(
    as_sam: Client, base: str, papers: None, system: str
) -> None:
    header, rows = read(as_sam, base, system)
    assert tuple(header) == PLAIN_HEADER and len(rows) == 3
    sums = of_documents()
    for column, name in (("Net", "net"), ("VAT", "vat"), ("Gross", "gross")):
        assert pence(rows, column) == sums["invoice"][name] - sums["credit_note"][name]
    course = next(row for row in rows if row["Net"] == "420.00")
    assert (course["Ledger code"], course["Return code"], course["VAT code"]) == ("4300", "E09", "E")
    assert (
        course["Invoice date"] == "01/09/2026"
        and course["Due date"] == "01/10/2026"
        and course["Supplier code"] == "PART01"
    )
    credit = next(row for row in rows if row["Document type"] == "Credit note")
    assert credit["Net"] == "-33.33" and credit["VAT"] == "-6.67" and credit["Gross"] == "-40.00"
    assert {row["Order number"] for row in rows} == {"'=PO-77"} and credit["Description"].startswith("'=Reports, ")


@pytest.mark.django_db
def test_sages_layout_says_by_its_type_what_is_a_credit(as_sam: Client, base: str, papers: None) -> None:
    header, rows = read(as_sam, base, "sage")
    assert tuple(header) == SAGE_HEADER
    sums = of_documents()
    for kind, letters in (("invoice", "PI"), ("credit_note", "PC")):
        mine = [row for row in rows if row["Type"] == letters]
        assert pence(mine, "Net Amount") == sums[kind]["net"] and pence(mine, "Tax Amount") == sums[kind]["vat"]
    assert {row["Tax Code"] for row in rows} == {"T1", "T2"} and {row["Date"] for row in rows} == {"01/09/2026"}
    assert {row["Nominal A/C Ref"] for row in rows} == {"4300", "E28a"}


@pytest.mark.django_db
def test_arbors_layout_has_no_comma_in_any_cell(as_sam: Client, base: str, papers: None) -> None:
    header, rows = read(as_sam, base, "arbor")
    assert tuple(header) == ARBOR_HEADER and not any("," in cell for row in rows for cell in row.values())
    sums = of_documents()
    for kind, letters in (("invoice", "ESP"), ("credit_note", "ESC")):
        mine = [row for row in rows if row["Type"] == letters]
        assert [pence(mine, name) for name in ("Nett", "VAT", "Gross")] == list(sums[kind].values())


@pytest.mark.django_db
def test_the_page_says_what_the_file_will_hold(as_sam: Client, base: str, papers: None) -> None:
    page = text_of(as_sam.get(f"{base}/exports?system=sage&{DATES}"))
    assert "1 invoice and 1 credit note, 3 lines: £486.66 before VAT, VAT £13.33, £499.99 in all." in page
    later = DATES.replace("month=9", "month=10")
    assert "Nothing was invoiced on these days." in text_of(as_sam.get(f"{base}/exports?system=sage&{later}"))
    assert "Check what it holds" in text_of(as_sam.get(f"{base}/exports"))


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["exports", "exports/file"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (f"supplier=X&{DATES}", "Choose your finance system"),
        (f"system=other&{DATES}", "Choose"),
        ("system=sage&first_day=31&first_month=2&first_year=2026", "must be a real date"),
        (
            f"system=sage&{DATES}".replace("last_month=9", "last_month=8"),
            "Last day must be on or after 1 September 2026",
        ),
    ],
)
def test_a_choice_that_cannot_be_is_said(as_sam: Client, base: str, page: str, given: str, said: str) -> None:
    answer = as_sam.get(f"{base}/{page}?{given}")
    assert answer.status_code == 400 and said in text_of(answer)


@pytest.mark.django_db
def test_a_trusts_file_holds_its_schools_invoices_and_nobody_elses(
    trust_cast: TrustCast, charges: Charges, buying: Buying, school: Any
) -> None:
    first, second = trust_cast.academies
    charges(first, 10_000, on=ON)
    charges(second, 5_000, on=ON, invoice_to=trust_cast.trust)
    charges(school, 700, on=ON)
    buying.bill()
    _, rows = read(trust_cast.client, trust_cast.base, "access")
    assert sorted((row["School"], row["Net"]) for row in rows) == [
        ("Harbour Academy", "100.00"), ("Lighthouse Academy", "50.00")
    ]  # fmt: skip


TEXT = st.text("=+-@\t\r\n 1a,\"'é中", max_size=12)
LINES = st.builds(
    ExportLine,
    credit=st.booleans(),
    ours=st.booleans(),
    number=st.just("INV-000001"),
    issued_on=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    due_on=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    supplier=TEXT, customer=TEXT, school=TEXT,
    purchase_order=TEXT, code=TEXT, our_code=st.just("E09"),
    description=TEXT, vat_category=st.sampled_from(["S", "Z", "E", "O", "AE"]),
    vat_rate=st.sampled_from(["20%", "0%"]), net=st.integers(0, 10**12), vat=st.integers(0, 10**11),
)  # fmt: skip


@given(line=LINES, system=st.sampled_from(sorted(LAYOUTS)))
def test_whatever_stands_on_a_line_no_cell_is_a_formula_and_every_file_can_be_written(
    line: ExportLine, system: str
) -> None:
    layout = LAYOUTS[system]
    cells = cells_of(layout, line, "=SUM(A1)")
    assert len(cells) == len(layout.header)
    assert not any(cell[:1] in ("=", "+", "@", "\t", "\r") for cell in cells)
    assert all(Decimal(cell) is not None for cell in cells if cell[:1] == "-")
    "".join(cells).encode(layout.encoding)


@pytest.mark.parametrize("system", sorted(LAYOUTS))
def test_another_suppliers_row_does_not_bear_our_code(system: str) -> None:
    line = ExportLine(
        credit=False, ours=False, number="S-1", issued_on=ON, due_on=None, supplier="Brightledger Ltd", customer="",
        school="", purchase_order="", code="E20D", our_code="E20D", description="Licence", vat_category="S",
        vat_rate="20%", net=100, vat=20,
    )  # fmt: skip
    assert "PART01" not in cells_of(LAYOUTS[system], line, "PART01")
    assert "PART01" in cells_of(LAYOUTS[system], replace(line, ours=True), "PART01")
