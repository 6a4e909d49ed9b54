"""The invariants of council contracts hold, looked at rows, and find each tampering."""

import pytest

from tests.providers.rates.test_rate_invariants import answer
from tests.subscriptions.commissions.tampering import TAMPERINGS, _built

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    _built()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


@pytest.mark.parametrize("name", sorted(TAMPERINGS))
def test_each_tampering_is_named(partnership, name):
    TAMPERINGS[name]()
    assert answer()[name]["violations"]
