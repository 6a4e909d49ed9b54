"""The invariants of fees and waivers hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.policies.tampering import FURTHER, TAMPERINGS, fees_and_waivers

pytestmark = pytest.mark.django_db


def test_fees_and_waivers_break_nothing_and_were_looked_at(partnership):
    fees_and_waivers()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
