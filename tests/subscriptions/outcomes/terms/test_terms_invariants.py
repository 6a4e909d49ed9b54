"""The invariants of a contract's terms and end hold for one that ended early, and looked at it."""

import pytest

from tests.invariants import nothing_broken
from tests.subscriptions.outcomes.terms.tampering import TAMPERINGS, ended_early

pytestmark = pytest.mark.django_db


def test_what_ended_early_holds_and_was_looked_at(partnership):
    ended_early()
    nothing_broken(TAMPERINGS)
