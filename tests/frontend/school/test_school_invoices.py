"""Invoices, credit notes, the statement, and every figure opened."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from catalogue.models import Offer
from invoicing.documents.models import Document
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem
from invoicing.services import allocate, credit_in_full, record_receipt, write_off
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, Buying, Later, TrustCast
from tests.frontend.school.visits import text_of
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db
LATER = date(2026, 11, 2)


@pytest.fixture
def billed(buying: Buying, course: Offer, shop: Shop) -> str:
    """Three places, £420.00 exempt, and reports of £100.00 at 20%: one invoice of £540.00, due on 1 October."""
    buying.add(course, 3)
    buying.add(shop.offer("reports", title="Reports", prices={0: {"flat": "100"}}), run=None)
    buying.order(purchase_order="PO-77")
    [number] = buying.bill()
    return number


def pay(number: str, pence: int, actor: Actor) -> None:
    item = ReceivableItem.objects.get(document__number=number)
    received = record_receipt(
        source_key=f"test:{number}:{pence}",
        payer=item.organisation,
        pence=pence,
        received_on=ON,
        reference="BACS",
        bank_account=LedgerAccount.objects.get(code=chart.BANK),
        actor=actor,
    )
    allocate(source=received, to=item, pence=pence, on=ON, actor=actor)


def test_the_invoice_shows_its_lines_its_vat_and_what_settled_it(
    as_sam: Client, base: str, billed: str, actor: Actor
) -> None:
    pay(billed, 20_000, actor)
    page = text_of(as_sam.get(f"{base}/invoices/{billed}"))
    assert "Part paid" in page and "Purchase order PO-77" in page and "Due 1 October 2026" in page
    assert "VAT exempt on £420.00" in page and "VAT 20% on £100.00 £20.00" in page and "To pay £540.00" in page
    assert "Payment received 1 Sep 2026 £200.00" in page and "Left to pay £340.00" in page
    assert "CFR E09, academies BAE090" in page and "Invoice issued" in page


def test_a_figure_opens_its_steps_and_who_ordered_it(as_sam: Client, base: str, billed: str) -> None:
    position = Document.objects.get(number=billed).lines.get(net_pence=42_000).position
    address = f"{base}/invoices/{billed}/lines/{position}"
    assert address in as_sam.get(f"{base}/invoices/{billed}").content.decode()
    page = text_of(as_sam.get(address))
    assert "How £420.00 is made up" in page and "3 places × £140.00 at the member price £420.00" in page
    assert "Before VAT £420.00" in page and "Ordered by Sam Buyer, 1 September 2026" in page and "ORD-" in page
    assert as_sam.get(f"{base}/invoices/{billed}/lines/9").status_code == 404


def test_the_pdf_is_the_documents_own(as_sam: Client, base: str, billed: str) -> None:
    answer = as_sam.get(f"{base}/invoices/{billed}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert f"{billed}.pdf" in answer.headers["Content-Disposition"]
    assert "Download e-invoice (UBL)" in as_sam.get(f"{base}/invoices/{billed}").content.decode()
    answer = as_sam.get(f"{base}/invoices/{billed}/ubl")
    assert answer.headers["Content-Type"] == "application/xml" and str(billed).encode() in answer.content
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{billed}.xml"'


def test_states_and_filters_follow_what_is_paid_due_and_credited(
    as_sam: Client, base: str, buying: Buying, shop: Shop, actor: Actor, later: Later
) -> None:
    numbers = []
    for name, pounds in [("one", "10"), ("two", "20"), ("three", "30")]:
        buying.add(shop.offer(name, prices={0: {"flat": pounds}}), run=None)
        buying.order()
        numbers += buying.bill()
    pay(numbers[0], 1_200, actor)
    note = credit_in_full(invoice=Document.objects.get(number=numbers[1]), reason="Wrong school", on=ON, actor=actor)

    def shown(show: str) -> list[str]:
        rows = csv.reader(
            io.StringIO(as_sam.get(f"{base}/invoices?show={show}&format=csv").content.decode("utf-8-sig"))
        )
        return sorted(row[0] for row in rows)[:-1]

    assert shown("paid") == [numbers[0]] and shown("credited") == [numbers[1]] and shown("open") == [numbers[2]]
    assert shown("credit_notes") == [note.number] and shown("overdue") == [] and shown("written_off") == []
    assert "None of 4 documents is overdue." in text_of(as_sam.get(f"{base}/invoices?show=overdue"))
    later(datetime(2026, 11, 2, 9, 0, tzinfo=LONDON))
    page = text_of(as_sam.get(f"{base}/invoices?show=overdue"))
    assert numbers[2] in page and "Overdue" in page and "All 1 document £36.00" in page
    assert "Left to pay: £36.00" in page
    owed = Document.objects.get(number=numbers[2])
    write_off(invoice=owed, pence=3_600, reason="The school closed", on=owed.issued_on, actor=actor)
    assert shown("written_off") == [numbers[2]] and shown("paid") == [numbers[0]] and shown("open") == []
    assert "Written off" in text_of(as_sam.get(f"{base}/invoices/{numbers[2]}"))


def test_the_list_says_none_yet_and_none_match_apart(as_sam: Client, base: str, school: Organisation) -> None:
    assert "No invoices yet. What you order appears here once it is invoiced." in text_of(
        as_sam.get(f"{base}/invoices")
    )


def test_a_search_without_a_hit_keeps_its_words(as_sam: Client, base: str, billed: str) -> None:
    page = text_of(as_sam.get(f"{base}/invoices?q=zeppelin"))
    assert "None of 1 document matches what you chose." in page and "Number or purchase order: zeppelin" in page
    assert billed in text_of(as_sam.get(f"{base}/invoices?q=po-77"))


def test_a_formula_in_a_purchase_order_is_text_in_the_file(
    as_sam: Client, base: str, buying: Buying, course: Offer
) -> None:
    buying.add(course)
    buying.order(purchase_order="=1+1")
    buying.bill()
    assert "'=1+1" in as_sam.get(f"{base}/invoices?format=csv").content.decode()


def test_nobody_elses_papers_are_shown(as_outsider: Client, base: str, billed: str, oakfield: Organisation) -> None:
    own = f"/customer/{oakfield.number}"
    for page in ("", "/pdf", "/ubl", "/lines/1"):
        assert as_outsider.get(f"{base}/invoices/{billed}{page}").status_code == 404
        assert as_outsider.get(f"{own}/invoices/{billed}{page}").status_code == 404
        assert Client().get(f"{base}/invoices/{billed}{page}").status_code == 302
    for page in ("invoices", "statement", "statement/csv", "statement/pdf", "about"):
        assert as_outsider.get(f"{base}/{page}").status_code == 404
        assert as_outsider.get(f"{own}/{page}").status_code == 200


def test_the_statement_adds_up_and_its_file_and_pdf_agree(as_sam: Client, base: str, billed: str, actor: Actor) -> None:
    pay(billed, 20_000, actor)
    page = text_of(as_sam.get(f"{base}/statement"))
    assert "Statement to 1 September 2026" in page and "£340.00 To pay in all" in swap(page)
    assert "Opening balance £0.00" in page and "Closing balance £340.00" in page
    rows = list(csv.reader(io.StringIO(as_sam.get(f"{base}/statement/csv").content.decode("utf-8-sig"))))
    assert rows[0] == ["date", "what", "document", "charged", "settled", "balance"]
    assert rows[-1][-1] == "340.00" and [row[3:5] for row in rows[2:-1]] == [["540.00", "0.00"], ["0.00", "200.00"]]
    assert as_sam.get(f"{base}/statement/pdf").content.startswith(b"%PDF")


def swap(page: str) -> str:
    """Headline figures stand after their words in the source: put them before."""
    return page.replace("To pay in all £340.00", "£340.00 To pay in all")


def test_a_trusts_statement_leads_to_that_of_each_school(trust_cast: TrustCast, as_sam: Client, base: str) -> None:
    page = trust_cast.client.get(f"{trust_cast.base}/statement")
    assert "Each school has its own statement: Harbour Academy, Lighthouse Academy." in text_of(page)
    for academy in trust_cast.academies:
        address = f"/school/{academy.school.urn}/statement"
        assert f'href="{address}"' in page.content.decode() and trust_cast.client.get(address).status_code == 200
    assert "has its own statement" not in text_of(as_sam.get(f"{base}/statement"))


def test_a_statement_before_everything_is_empty(as_sam: Client, base: str, billed: str) -> None:
    dates = "?first_day=1&first_month=8&first_year=2026&last_day=31&last_month=8&last_year=2026"
    page = text_of(as_sam.get(f"{base}/statement{dates}"))
    assert "Statement to 31 August 2026" in page and "Closing balance £0.00" in page and "Nothing is open" in page


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ("first_day=29&first_month=2&first_year=2026&last_day=1&last_month=3&last_year=2026", "First day must be a real date"),
        ("first_day=1&first_month=3&first_year=2026&last_day=1&last_month=2&last_year=2026", "Last day must be on or after 1 March 2026"),
        ("first_day=&first_month=3&first_year=2026&last_day=1&last_month=2&last_year=2026", "First day must include a day"),
        ("first_day=1", "First day must include a month and year"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_said(as_sam: Client, base: str, billed: str, dates: str, said: str) -> None:
    assert said in text_of(as_sam.get(f"{base}/statement?{dates}"))


def test_a_trust_sees_the_papers_of_its_schools_by_school(
    trust_cast: TrustCast, charges: Charges, buying: Buying, school: Organisation
) -> None:
    first, second = trust_cast.academies
    for academy, pence in ((first, 10_000), (second, 5_000)):
        charges(academy, pence, invoice_to=trust_cast.trust, on=ON)
    charges(school, 700, on=ON)
    buying.bill()
    document = Document.objects.get(customer=trust_cast.trust)
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/invoices/{document.number}"))
    assert "Sum for Harbour Academy £100.00" in page and "Sum for Lighthouse Academy £50.00" in page
    everything = text_of(trust_cast.client.get(f"{trust_cast.base}/invoices"))
    assert "Left to pay: £180.00" in everything and "1 document" in everything


def test_the_list_costs_the_same_queries_for_5_and_for_25(
    as_sam: Client, base: str, school: Organisation, charges: Charges, buying: Buying, count_queries: Callable[..., int]
) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            charges(school, 1_000, on=ON)
            buying.bill()

    more(5)
    few = count_queries(lambda: as_sam.get(f"{base}/invoices"))
    more(21)
    assert count_queries(lambda: as_sam.get(f"{base}/invoices")) == few
    assert "page 1 of 2" in as_sam.get(f"{base}/invoices").content.decode()


def test_our_school_says_what_is_on_record_and_from_where(as_sam: Client, base: str, school: Organisation) -> None:
    page = text_of(as_sam.get(f"{base}/about"))
    assert "412, Register of schools, 2 October 2025" in page and "Prices As a member" in page
    assert "Local authority Tidewell" in page and "Sam Buyer Buyer, no limit for one order" in page
    assert "Pay within 30 days" in page


def test_our_trust_lists_its_schools(trust_cast: TrustCast) -> None:
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/about"))
    assert "Our trust" in page and "Harbour Academy" in page and "Tess Trust Trust finance" in page
