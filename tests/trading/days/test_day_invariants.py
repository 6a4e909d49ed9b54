"""The invariants of the day of a course hold for one that was held, looked at its rows, and find each tampering."""

import pytest

from marketplace.core.verification import verify
from tests.invoicing.books import run_sql
from tests.trading.days.tampering import FURTHER, TAMPERINGS, a_course_held

pytestmark = pytest.mark.django_db


def test_what_was_held_breaks_nothing_and_was_looked_at(partnership):
    a_course_held()
    found = {finding.invariant.name: finding for finding in verify()}
    assert [name for name, finding in found.items() if finding.violations] == []
    assert {name for name in TAMPERINGS if not found[name].checked} == set()


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=[f"{name}: {how}" for name, how, _ in FURTHER])
def test_further_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    broken = {finding.invariant.name for finding in verify() if finding.violations}
    assert name in broken, f"{how} was not found"
