"""The invariants of council contracts hold for what was done, and looked at it."""

import pytest

from tests.invariants import nothing_broken
from tests.subscriptions.commissions.tampering import TAMPERINGS, council_year

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    council_year()
    nothing_broken(TAMPERINGS)
