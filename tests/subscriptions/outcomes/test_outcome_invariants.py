"""The invariants of outcome contracts hold, looked at rows, and find each tampering."""

import pytest

from tests.providers.rates.test_rate_invariants import answer
from tests.subscriptions.outcomes.tampering import TAMPERINGS, frozen_year

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    frozen_year()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()
