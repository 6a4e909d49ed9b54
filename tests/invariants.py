"""What ``verify_ledger --json`` says of the books, and of books that somebody changed past every guard.

Each package's ``TAMPERINGS`` are tried all together by ``tests/invoicing/ledger/test_tampering_is_found.py``; its own test looks
at what is untouched, and tries the further ones.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Any

from django.core.management import call_command

from tests.invoicing.books import run_sql

Tamper = Callable[[], None]
Case = tuple[str, str, Tamper]


def answer() -> dict[str, dict[str, Any]]:
    """The finding of each invariant, by its name."""
    out = StringIO()
    try:
        call_command("verify_ledger", "--json", stdout=out, stderr=StringIO())
    except SystemExit as left:
        assert left.code == 1
    return {row["name"]: row for row in json.loads(out.getvalue())["invariants"]}


def tampered(tamper: Tamper) -> dict[str, dict[str, Any]]:
    """The findings after a change that no trigger saw."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    return answer()


def nothing_broken(looked_at: Iterable[str]) -> None:
    """No invariant is broken, and each of these was looked at a row at least."""
    found = answer()
    assert [name for name, row in found.items() if row["violations"]] == []
    assert {name for name in looked_at if not found[name]["checked"]} == set()


def told(of: Sequence[Case]) -> list[str]:
    """The cases in words, for the names of tests."""
    return [f"{name}: {how}" for name, how, _ in of]
