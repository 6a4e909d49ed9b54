"""The API keeps to its own description, for every role: no 5xx, no undocumented status or shape."""

import copy
import os
import random
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.api.fuzz_world import FuzzWorld, build_fuzz_world
from tests.api.fuzzing import description, fuzz
from tests.conftest import Charges

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("API_CASES") or 300)


@pytest.fixture
def fuzz_world(council: Organisation, charges: Charges, actor: Actor, tmp_path: Path) -> FuzzWorld:
    return build_fuzz_world(
        council=council, charges=charges, actor=actor, tmp_path=tmp_path, today=timezone.localdate()
    )


def test_the_description_is_made_without_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(made))
    assert capsys.readouterr().err == ""
    assert '"operationId":' in made.read_text()


def test_every_operation_is_named_described_and_tagged() -> None:
    operations = [
        (f"{method} {path}", operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) > 50
    names = [operation["operationId"] for _, operation in operations]
    assert len(set(names)) == len(names)
    for where, operation in operations:
        assert operation["tags"] and len(operation["description"].split("\n")[0]) > 8, where
        assert {"401", "403", "404"} <= set(operation["responses"]), where


def test_no_role_meets_a_fault_or_an_undocumented_answer(fuzz_world: FuzzWorld) -> None:
    seed = int(os.environ.get("TORTURE_SEED") or 20261)
    outcome = fuzz(raw=description(), world=fuzz_world, cases=CASES, chance=random.Random(seed))
    print(f"\nAPI, seed {seed}: {outcome}")
    assert outcome.failures == [], "\n".join(outcome.failures)
    assert outcome.cases == CASES
    assert set(outcome.roles) == {*(role.value for role in Role), "narrow", "anonymous"}
    assert outcome.statuses[200] > CASES / 20, "requests that succeed are among them"


def test_control_a_wrong_description_is_found(fuzz_world: FuzzWorld) -> None:
    wrong = copy.deepcopy(description())
    wrong["paths"] = {"/api/v1/invoices": wrong["paths"]["/api/v1/invoices"]}
    wrong["components"]["schemas"]["InvoiceRow"]["properties"]["gross_pence"] = {"type": "string"}
    found = fuzz(raw=wrong, world=fuzz_world, cases=30, chance=random.Random(1))
    assert any("gross_pence" in failure or "is not of type" in failure for failure in found.failures), found.failures
    wrong = copy.deepcopy(description())
    wrong["paths"] = {"/api/v1/invoices": wrong["paths"]["/api/v1/invoices"]}
    del wrong["paths"]["/api/v1/invoices"]["get"]["responses"]["200"]
    found = fuzz(raw=wrong, world=fuzz_world, cases=30, chance=random.Random(1))
    assert any("Undocumented" in failure and "200" in failure for failure in found.failures)
