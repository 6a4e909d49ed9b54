"""The invariants of the event log hold for a log written by the public verbs, and find each tampering."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.core.tampering import FURTHER, TAMPERINGS, a_sealed_log
from tests.invoicing.books import run_sql

pytestmark = pytest.mark.django_db


def answer() -> dict[str, dict[str, object]]:
    out = StringIO()
    try:
        call_command("verify_ledger", "--json", stdout=out, stderr=StringIO())
    except SystemExit as left:
        assert left.code == 1
    return {row["name"]: row for row in json.loads(out.getvalue())["invariants"]}


def test_an_honest_log_breaks_nothing_and_was_looked_at() -> None:
    a_sealed_log()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} <= {"deliveries-written"}


def tampered(tamper) -> dict[str, dict[str, object]]:
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    return answer()


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=[f"{name}: {how}" for name, how, _ in FURTHER])
def test_further_tampering_is_named(name, how, tamper) -> None:
    assert tampered(tamper)[name]["violations"], f"{how} was not found"


@pytest.mark.parametrize("name", sorted(TAMPERINGS))
def test_tampering_is_named(name) -> None:
    assert tampered(TAMPERINGS[name])[name]["violations"]
