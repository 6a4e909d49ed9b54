"""The invariants of quotes in approval and of retainers hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.engagements.asked.tampering import FURTHER, TAMPERINGS, asked_and_retained

pytestmark = pytest.mark.django_db


def test_what_was_asked_and_retained_breaks_nothing_and_is_looked_at(partnership):
    asked_and_retained()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
