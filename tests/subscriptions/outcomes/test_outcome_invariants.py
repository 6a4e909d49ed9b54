"""The invariants of outcome contracts hold for a year, and looked at it."""

import pytest

from tests.invariants import nothing_broken
from tests.subscriptions.outcomes.tampering import TAMPERINGS, frozen_year

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    frozen_year()
    nothing_broken(TAMPERINGS)
