"""A chunk of the invoice batch takes the same number of queries for ten invoices as for a hundred."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.services import propose, run_billing
from tests.invoicing.books import FIRST

pytestmark = pytest.mark.django_db


def queries(charges, school, actor, invoices: int, chunk: int = 100) -> int:
    for number in range(invoices):
        charges(school, 1_000, purchase_order=f"{invoices}-{number}", key=f"{invoices}-{number}-{chunk}")
    with CaptureQueriesContext(connection) as captured:
        report = run_billing(on=FIRST, actor=actor, proposal=propose(on=FIRST), chunk=chunk)
    assert len(report.numbers) == invoices
    return len(captured)


def test_ten_invoices_and_a_hundred_take_the_same_queries(oakfield, charges, actor):
    ten = queries(charges, oakfield, actor, 10)
    hundred = queries(charges, oakfield, actor, 100)
    assert ten == hundred
    assert ten <= 25


def test_each_further_chunk_takes_the_same_again(oakfield, charges, actor):
    one = queries(charges, oakfield, actor, 10, chunk=10)
    two = queries(charges, oakfield, actor, 20, chunk=10)
    three = queries(charges, oakfield, actor, 30, chunk=10)
    assert three - two == two - one


def test_a_preview_is_one_query(oakfield, council, charges, django_assert_num_queries):
    for number in range(30):
        charges((oakfield, council)[number % 2], 1_000, purchase_order=str(number))
    with django_assert_num_queries(1):
        assert len(propose(on=FIRST).invoices) == 30
