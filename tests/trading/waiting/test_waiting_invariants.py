"""The invariants of waiting lists hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invoicing.books import run_sql
from tests.trading.test_invariants import answer
from tests.trading.waiting.tampering import FURTHER, TAMPERINGS, a_waiting_list

pytestmark = pytest.mark.django_db


def test_a_waiting_list_breaks_nothing_and_is_looked_at(partnership):
    a_waiting_list()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in set(TAMPERINGS) - {"moved-places-moved-once"} if not found[name]["checked"]} == set()


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=[f"{name}: {how}" for name, how, _ in FURTHER])
def test_further_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert answer()[name]["violations"], f"{how} was not found"
