"""The invariants of rates and calendars hold, looked at rows, and find each further tampering."""

import pytest

from tests.invariants import answer, nothing_broken, told
from tests.providers.rates.tampering import FURTHER, TAMPERINGS, a_rate_and_a_date

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    a_rate_and_a_date()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    tamper()
    assert answer()[name]["violations"], f"{how} was not found"
