"""The invariants of consultant bookings hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.engagements.tampering import FURTHER, TAMPERINGS, a_booking

pytestmark = pytest.mark.django_db


def test_a_booking_breaks_nothing_and_is_looked_at(partnership):
    a_booking()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
