"""The invariants of the catalogue and of trading hold for an order, looked at its rows, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.tampering import FURTHER, TAMPERINGS, an_approved_order, an_order

pytestmark = pytest.mark.django_db


def test_orders_break_nothing_and_were_looked_at(partnership):
    an_approved_order()
    nothing_broken(TAMPERINGS)


def test_an_order_that_was_placed_at_once_breaks_nothing(partnership):
    an_order()
    nothing_broken([])


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
