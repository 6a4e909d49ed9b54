"""A school's budget on its pages: entered on one form, every figure opens its lines, its own codes shown beside ours."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer
from invoicing.documents.models import Document
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BudgetLine, LineCode, OrderLine
from marketplace.trading.services import set_budget
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, Buying, TrustCast
from tests.frontend.school.visits import text_of
from tests.shop import Shop

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def billed(buying: Buying, course: Offer, shop: Shop) -> str:
    """Three places, £420.00 under E09; an order of £100.00 under E28a waits."""
    buying.add(course, 3)
    buying.order(purchase_order="PO-77")
    [number] = buying.bill()
    buying.add(shop.offer("reports", title="Reports", prices={0: {"flat": "100"}}), run=None)
    buying.order()
    return number


def test_a_budget_is_entered_and_stands_beside_what_was_bought(as_sam: Client, base: str, billed: str) -> None:
    assert "£520.00 is ordered and invoiced; no budget is entered yet" in text_of(as_sam.get(f"{base}/budget"))
    given = {"amount-E09": "400", "amount-E28a": "£1,000.00", "code1": "E 22", "new1": "50"}
    answer = as_sam.post(f"{base}/budget/change?year=2026-04-01", given)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{base}/budget?year=2026-04-01"
    page = text_of(as_sam.get(f"{base}/budget"))
    assert "The budget is saved: £1,450.00 in all." in page
    assert "Budget, April 2026 to March 2027" in page
    assert "£520.00 of £1,450.00 is used, £930.00 is left" in page and "E09 is £20.00 over its budget." in page
    assert "All codes £1,450.00 £100.00 £420.00 £0.00 £930.00" in page
    rows = rows_of(as_sam.get(f"{base}/budget?format=csv"))
    assert rows[1:] == [
        ["E09", "400.00", "0.00", "420.00", "0.00", "-20.00"],
        ["E22", "50.00", "0.00", "0.00", "0.00", "50.00"],
        ["E28a", "1000.00", "100.00", "0.00", "0.00", "900.00"],
    ]


def test_each_figure_opens_its_lines_and_their_documents(as_sam: Client, base: str, billed: str) -> None:
    address = f"{base}/budget/lines?year=2026-04-01&code=E09&what=invoiced"
    assert address.replace("&", "&amp;") in as_sam.get(f"{base}/budget").content.decode()
    answer = as_sam.get(address)
    page = text_of(answer)
    assert "Invoiced, E09, April 2026 to March 2027" in page and "1 line, £420.00 before VAT." in page
    assert f"{base}/invoices/{billed}" in answer.content.decode() and "Reports" not in page
    everything = rows_of(as_sam.get(f"{base}/budget/lines?format=csv"))
    assert [row[-1] for row in everything[1:]] == ["420.00", "100.00"]
    assert [row[1] for row in everything[1:]] == ["Invoiced", "Ordered, not invoiced"]
    assert "No lines." in text_of(as_sam.get(f"{base}/budget/lines?code=E99"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount-E09": "much"}, "E09 must be pounds and pence"),
        ({"amount-E09": "-1"}, "E09 must be between £0.00"),
        ({"new1": "5"}, "Enter the code of £5.00"),
        ({"code1": "=1+1", "new1": "5"}, "Code must be 1 to 20 letters and digits"),
        ({"code1": "e09", "code2": "e09", "new2": "5"}, "e09 is there already"),
        ({"code1": "E09", "new1": "5"}, "E09 is there already"),
    ],
)
def test_a_wrong_budget_is_said_and_nothing_is_saved(
    as_sam: Client, base: str, billed: str, given: dict[str, str], said: str
) -> None:
    answer = as_sam.post(f"{base}/budget/change", given)
    assert answer.status_code == 400 and said in text_of(answer) and not BudgetLine.objects.exists()


def test_a_year_that_does_not_begin_on_that_day_is_this_year(as_sam: Client, base: str) -> None:
    for year in ("2026-09-01", "2199-04-01", "spring", ""):
        assert "Budget, April 2026 to March 2027" in text_of(as_sam.get(f"{base}/budget?year={year}"))
    page = text_of(as_sam.get(f"{base}/budget?year=2027-04-01"))
    assert "April 2027 to March 2028" in page and "Nothing is budgeted or bought in this year." in page


def test_own_codes_stand_beside_ours_on_every_page(
    as_sam: Client, base: str, billed: str, sam: Actor, school: Organisation
) -> None:
    line = OrderLine.objects.get(run__isnull=False)
    number = line.order.number
    assert f"{base}/orders/{number}/codes" in as_sam.get(f"{base}/orders/{number}").content.decode()
    assert "Our code: E09" in text_of(as_sam.get(f"{base}/orders/{number}/codes"))
    wrong = as_sam.post(f"{base}/orders/{number}/codes", {f"line{line.pk}": "=1"})
    assert wrong.status_code == 400 and "Code must be" in text_of(wrong) and not LineCode.objects.exists()
    assert as_sam.post(f"{base}/orders/{number}/codes", {f"line{line.pk}": "4300"}).status_code == 302
    assert "Your code: 4300." in text_of(as_sam.get(f"{base}/orders/{number}"))
    assert "CFR E09, academies BAE090, yours 4300" in text_of(as_sam.get(f"{base}/invoices/{billed}"))
    position = Document.objects.get(number=billed).lines.get().position
    assert "Your own code 4300" in text_of(as_sam.get(f"{base}/invoices/{billed}/lines/{position}"))
    lines = rows_of(as_sam.get(f"{base}/budget/lines?code=4300&format=csv"))
    assert [row[5:7] for row in lines[1:]] == [["4300", "E09"]]
    assert "ours E09" in text_of(as_sam.get(f"{base}/budget/lines?code=4300"))


def test_a_trust_sums_over_its_schools_and_opens_each(trust_cast: TrustCast, charges: Charges, buying: Buying) -> None:
    first, second = trust_cast.academies
    for academy, pence in ((first, 10_000), (second, 5_000)):
        charges(academy, pence, invoice_to=trust_cast.trust, on=ON, aar_code="BAE300")
    buying.bill()
    answer = trust_cast.client.get(f"{trust_cast.base}/budget")
    page = text_of(answer)
    assert "Budget, September 2026 to August 2027" in page and "By academies' AAR code" in page
    assert "BAE300 £0.00 £0.00 £150.00" in page.replace(" : BAE300, see the lines", "")
    assert f"/school/{first.school.urn}/budget?year=2026-09-01" in answer.content.decode()
    assert "Harbour Academy £0.00 £0.00 £100.00" in page and "Lighthouse Academy £0.00 £0.00 £50.00" in page
    own = text_of(trust_cast.client.get(f"/school/{first.school.urn}/budget"))
    assert "All codes £0.00 £0.00 £100.00 £0.00 −£100.00" in own


def test_outsiders_find_no_budget(
    as_outsider: Client, base: str, sam: Actor, school: Organisation, billed: str
) -> None:
    set_budget(organisation=school, year=YEAR, budget={"E09": 5}, actor=sam)
    order = OrderLine.objects.first().order.number
    for page in ("budget", "budget/change", "budget/lines", "year-end", "year-end/ordered", "exports", "exports/file",
                 f"orders/{order}/codes"):  # fmt: skip
        assert as_outsider.get(f"{base}/{page}").status_code == 404
        assert Client().get(f"{base}/{page}").status_code == 302
    assert as_outsider.post(f"{base}/budget/change", {"amount-E09": ""}).status_code == 404
    assert BudgetLine.objects.get().pence == 5


def test_the_lines_cost_the_same_queries_for_few_and_for_many(
    as_sam: Client, base: str, school: Organisation, charges: Charges, buying: Buying, count_queries: Any
) -> None:
    for _ in range(3):
        charges(school, 1_000, on=ON)
        buying.bill()
    few = [count_queries(lambda page=page: as_sam.get(f"{base}/{page}")) for page in ("budget", "budget/lines")]
    for _ in range(25):
        charges(school, 1_000, on=ON)
    buying.bill()
    assert [count_queries(lambda page=page: as_sam.get(f"{base}/{page}")) for page in ("budget", "budget/lines")] == few
    assert "page 1 of 2" in as_sam.get(f"{base}/budget/lines").content.decode()
