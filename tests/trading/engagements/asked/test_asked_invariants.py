"""The invariants of quotes in approval and of retainers hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invoicing.books import run_sql
from tests.trading.engagements.asked.tampering import FURTHER, TAMPERINGS, asked_and_retained
from tests.trading.test_invariants import answer

pytestmark = pytest.mark.django_db
ALL = [*((name, "first", tamper) for name, tamper in TAMPERINGS.items()), *FURTHER]


def test_what_was_asked_and_retained_breaks_nothing_and_is_looked_at(partnership):
    asked_and_retained()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


@pytest.mark.parametrize(("name", "how", "tamper"), ALL, ids=[f"{name}: {how}" for name, how, _ in ALL])
def test_each_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert answer()[name]["violations"], f"{how} was not found"
