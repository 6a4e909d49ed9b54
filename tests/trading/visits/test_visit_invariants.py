"""The invariants of visits hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.visits.tampering import FURTHER, TAMPERINGS, two_visits

pytestmark = pytest.mark.django_db


def test_visits_break_nothing_and_are_looked_at(partnership):
    two_visits()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
