"""Whoever switches the guards off and tampers with the books is found by verify_ledger, by the invariant's name."""

import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from invoicing.services import approve, prepare_refund
from marketplace.core.actors import Role
from marketplace.core.verification import registered
from tests.invariants import told
from tests.invoicing.books import receive, run_sql
from tests.invoicing.receivables.tampering import FURTHER as BESIDE
from tests.invoicing.small_world import PAID_ON, SmallWorld, build_small_world
from tests.invoicing.tampering import FURTHER
from tests.shop import person

pytestmark = pytest.mark.django_db

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_world(partnership, oakfield, council, charges, actor) -> SmallWorld:
    """The small world with what only the checks look at."""
    world = build_small_world(school=oakfield, council=council, charges=charges, actor=actor, in_instalments=True)
    officer = person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER)
    manager = person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER)
    source = receive(council, 5_000, key="too much", on=PAID_ON)
    prepared = prepare_refund(source=source, pence=1_000, reason="Paid twice", actor=officer)
    approve(prepared=prepared, on=PAID_ON, at=datetime(2026, 9, 20, 9, tzinfo=UTC), actor=manager)
    return world


def _collected() -> dict[str, Callable[[], None]]:
    """Every package's tamperings, from the modules named ``tampering.py`` beside its tests."""
    found: dict[str, Callable[[], None]] = {}
    for path in sorted(TESTS.rglob("tampering.py")):
        name = ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        tamperings = importlib.import_module(name).TAMPERINGS
        assert not set(found) & set(tamperings), f"{name} tampers with an invariant of another package"
        found.update(tamperings)
    return found


TAMPERINGS = _collected()


def broken_after(tamper: Callable[[], None]) -> tuple[int, set[str], str]:
    """The exit status of verify_ledger after tampering with the guards off, what it names, and what it says."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("verify_ledger", "--json", stdout=out, stderr=err)
    rows = json.loads(out.getvalue())["invariants"]
    return int(str(left.value.code)), {row["name"] for row in rows if row["violations"]}, err.getvalue()


def test_each_registered_invariant_has_a_tampering():
    names = {invariant.name for invariant in registered()}
    assert names, "no invariant is registered"
    assert names - set(TAMPERINGS) == set(), "an invariant without a tampering proves nothing"
    assert set(TAMPERINGS) - names == set(), "a tampering for an invariant that does not exist"


def test_the_untouched_world_holds_and_each_check_looked_at_rows(small_world):
    out = StringIO()
    call_command("verify_ledger", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["ok"] is True
    seen = {row["name"]: row["checked"] for row in answer["invariants"]}
    from tests.invoicing.tampering import TAMPERINGS as OURS

    assert {name for name in OURS if seen[name] == 0} == set()


@pytest.mark.parametrize("name", sorted(TAMPERINGS))
def test_tampering_is_named(small_world, name):
    status, broken, said = broken_after(TAMPERINGS[name])
    assert status == 1
    assert name in broken
    assert name in said


@pytest.mark.parametrize(("name", "how", "tamper"), [*FURTHER, *BESIDE], ids=told([*FURTHER, *BESIDE]))
def test_further_tampering_is_named(small_world, name, how, tamper):
    status, broken, said = broken_after(tamper)
    assert status == 1
    assert name in broken, f"{how} was not found"
    assert name in said


def test_the_refusal_reads_as_a_sentence_with_the_violation(small_world):
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql(
        "UPDATE invoicing_documentline SET description = 'Dearer' WHERE id = (SELECT min(id) FROM invoicing_documentline)"
    )
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=out, stderr=err)
    assert err.getvalue() == "The ledger does not hold: 5 documents-frozen.\n"
    assert "INV-000001 is not as it was issued" in out.getvalue()
