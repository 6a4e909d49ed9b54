"""The invariants of the catalogue and of trading hold for an order, looked at its rows, and find each tampering."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.invoicing.books import run_sql
from tests.trading.tampering import FURTHER, TAMPERINGS, an_approved_order, an_order

pytestmark = pytest.mark.django_db


def answer() -> dict[str, dict[str, object]]:
    out = StringIO()
    try:
        call_command("verify_ledger", "--json", stdout=out, stderr=StringIO())
    except SystemExit as left:
        assert left.code == 1
    return {row["name"]: row for row in json.loads(out.getvalue())["invariants"]}


def test_orders_break_nothing_and_were_looked_at(partnership):
    an_approved_order()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


def test_an_order_that_was_placed_at_once_breaks_nothing(partnership):
    an_order()
    assert [name for name, row in answer().items() if row["violations"]] == []


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=[f"{name}: {how}" for name, how, _ in FURTHER])
def test_further_tampering_is_named(partnership, name, how, tamper):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert answer()[name]["violations"], f"{how} was not found"
