"""The invariants of the day of a course hold for one that was held, looked at its rows, and find each tampering."""

import pytest

from tests.invariants import nothing_broken, tampered, told
from tests.trading.days.tampering import FURTHER, TAMPERINGS, a_course_held

pytestmark = pytest.mark.django_db


def test_what_was_held_breaks_nothing_and_was_looked_at(partnership):
    a_course_held()
    nothing_broken(TAMPERINGS)


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(partnership, name, how, tamper):
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
