"""The invariants of peer review and support hold for what was done, and looked at it."""

import pytest

from tests.invariants import nothing_broken
from tests.scenarios.tampering import TAMPERINGS, reviews_and_support

pytestmark = pytest.mark.django_db


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    reviews_and_support()
    nothing_broken(TAMPERINGS)
