"""The invariants of fees and waivers hold for what was done, look at it, and find each tampering."""

import pytest

from tests.invoicing.books import run_sql
from tests.trading.policies.tampering import FURTHER, TAMPERINGS, fees_and_waivers
from tests.trading.test_invariants import answer

pytestmark = pytest.mark.django_db


def test_fees_and_waivers_break_nothing_and_were_looked_at(partnership):
    fees_and_waivers()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


EACH = [(name, "as told", tamper) for name, tamper in TAMPERINGS.items()] + FURTHER


@pytest.mark.parametrize(("name", "how", "tamper"), EACH, ids=[f"{name}: {how}" for name, how, _ in EACH])
def test_each_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert answer()[name]["violations"], f"{how} was not found"
