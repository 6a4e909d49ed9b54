"""The invariants of a contract's terms and end hold, looked at rows, and find each tampering."""

import pytest

from tests.providers.rates.test_rate_invariants import answer
from tests.subscriptions.outcomes.terms.tampering import TAMPERINGS, ended_early

pytestmark = pytest.mark.django_db


def test_what_ended_early_holds_and_was_looked_at(partnership):
    ended_early()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()
