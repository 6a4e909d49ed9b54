"""The invariants of rates and calendars hold, looked at rows, and find each tampering."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.providers.rates.tampering import FURTHER, TAMPERINGS, a_rate_and_a_date

pytestmark = pytest.mark.django_db


def answer() -> dict[str, dict[str, object]]:
    out = StringIO()
    try:
        call_command("verify_ledger", "--json", stdout=out, stderr=StringIO())
    except SystemExit as left:
        assert left.code == 1
    return {row["name"]: row for row in json.loads(out.getvalue())["invariants"]}


def test_what_is_untouched_holds_and_was_looked_at(partnership):
    a_rate_and_a_date()
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in TAMPERINGS if not found[name]["checked"]} == set()


@pytest.mark.parametrize("name", sorted(TAMPERINGS))
def test_each_tampering_is_named(partnership, name):
    TAMPERINGS[name]()
    assert answer()[name]["violations"]


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=[f"{name}: {how}" for name, how, _ in FURTHER])
def test_further_tampering_is_named(partnership, name, how, tamper):
    tamper()
    assert answer()[name]["violations"], f"{how} was not found"
