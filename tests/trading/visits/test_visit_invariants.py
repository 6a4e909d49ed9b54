"""The invariants of visits hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invoicing.books import run_sql
from tests.trading.test_invariants import answer
from tests.trading.visits.tampering import FURTHER, TAMPERINGS, two_visits

pytestmark = pytest.mark.django_db
EACH = [*((name, "as listed", tamper) for name, tamper in TAMPERINGS.items()), *FURTHER]


def test_visits_break_nothing_and_are_looked_at(partnership):
    two_visits()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


@pytest.mark.parametrize(("name", "how", "tamper"), EACH, ids=[f"{name}: {how}" for name, how, _ in EACH])
def test_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert answer()[name]["violations"], f"{how} was not found"
