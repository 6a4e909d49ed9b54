"""The year-end page: four sums with what they mean, each opening its lines and its file; what is owed is the statement's."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, Buying, TrustCast
from tests.frontend.school.visits import text_of

pytestmark = pytest.mark.django_db


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def carried(charges: Charges, school: Organisation, buying: Buying) -> None:
    """£1,200.00 for September 2026 to August 2027 is invoiced; £240.00 for 2027 and £50.00 without dates wait."""
    charges(school, 120_000, on=ON, service=Period(date(2026, 9, 1), date(2027, 9, 1)), recognition="over_time")
    buying.bill()
    charges(school, 24_000, on=date(2027, 5, 1), service=Period(date(2027, 1, 1), date(2028, 1, 1)))
    charges(school, 5_000, on=date(2027, 3, 1))


def test_the_sums_say_what_they_mean(as_sam: Client, base: str, carried: None) -> None:
    page = text_of(as_sam.get(f"{base}/year-end"))
    assert "Year end 31 March 2027" in page and "as they stand today" in page
    assert (
        "Ordered, not invoiced: £290.00" in page and "£60.00 delivered by 31 March 2027, £230.00 still to come." in page
    )
    assert "Paid in advance: £500.00" in page and "Commitments: £230.00" in page
    assert "Owed to suppliers: £1,440.00" in page and "Statement of the year" in page
    assert "Year end 31 March 2026" in text_of(as_sam.get(f"{base}/year-end?year=2025-04-01"))


@pytest.mark.parametrize(
    ("part", "total", "lines"),
    [
        ("ordered", "290.00", [["50.00", "0.00", "50.00"], ["240.00", "60.00", "180.00"]]),
        ("in-advance", "500.00", [["1200.00", "700.00", "500.00"]]),
        ("commitments", "230.00", [["50.00", "0.00", "50.00"], ["240.00", "60.00", "180.00"]]),
    ],
)
def test_each_sum_opens_its_lines(
    as_sam: Client, base: str, carried: None, part: str, total: str, lines: list[list[str]]
) -> None:
    assert f"£{total} before VAT." in text_of(as_sam.get(f"{base}/year-end/{part}"))
    assert [row[-3:] for row in rows_of(as_sam.get(f"{base}/year-end/{part}?format=csv"))[1:]] == lines


def test_what_is_owed_is_what_the_statement_says(as_sam: Client, base: str, carried: None) -> None:
    answer = as_sam.get(f"{base}/year-end/owed")
    assert "£1,440.00 in all." in text_of(answer) and "INV-000001" in text_of(answer)
    assert [row[-1] for row in rows_of(as_sam.get(f"{base}/year-end/owed?format=csv"))[1:]] == ["1440.00"]
    assert "Closing balance £1,440.00" in text_of(as_sam.get(f"{base}/statement"))
    assert as_sam.get(f"{base}/year-end/nothing").status_code == 404


def test_a_year_before_everything_says_so(as_sam: Client, base: str, carried: None) -> None:
    for part, said in (
        ("ordered", "All that was ordered by 31 March 2026 was invoiced by then."),
        ("in-advance", "Nothing that was invoiced by 31 March 2026 goes beyond it."),
        ("owed", "Nothing was owed on 31 March 2026."),
    ):
        assert said in text_of(as_sam.get(f"{base}/year-end/{part}?year=2025-04-01"))


def test_a_trusts_year_end_sums_over_its_schools(trust_cast: TrustCast, charges: Charges, buying: Buying) -> None:
    first, second = trust_cast.academies
    charges(first, 10_000, on=ON)
    charges(second, 12_000, on=ON, invoice_to=trust_cast.trust, service=Period(date(2027, 3, 1), date(2028, 3, 1)))
    buying.bill()
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/year-end"))
    assert (
        "Year end 31 August 2027" in page and "Paid in advance: £60.00" in page and "Owed to suppliers: £264.00" in page
    )
    answer = trust_cast.client.get(f"{trust_cast.base}/year-end/owed")
    assert "Harbour Academy £120.00" in text_of(answer) and f"{trust_cast.trust.name} £144.00" in text_of(answer)
    assert f"/school/{first.school.urn}/statement" in answer.content.decode()
    rows = rows_of(trust_cast.client.get(f"{trust_cast.base}/year-end/owed?format=csv"))
    assert sorted(row[-1] for row in rows[1:]) == ["120.00", "144.00"]


def test_the_year_end_costs_the_same_queries_for_few_and_for_many(
    as_sam: Client, base: str, school: Organisation, charges: Charges, count_queries: Any, carried: None
) -> None:
    few = [count_queries(lambda page=page: as_sam.get(f"{base}/{page}")) for page in ("year-end", "year-end/ordered")]
    for _ in range(25):
        charges(school, 1_000, on=date(2027, 3, 1))
    many = [count_queries(lambda page=page: as_sam.get(f"{base}/{page}")) for page in ("year-end", "year-end/ordered")]
    assert many == few and "page 1 of 2" in as_sam.get(f"{base}/year-end/ordered").content.decode()
