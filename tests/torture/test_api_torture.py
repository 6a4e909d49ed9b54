"""Five thousand generated requests to the whole API, for every role: see tests/api/fuzzing.py."""

import random
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.api.fuzz_world import build_fuzz_world
from tests.api.fuzzing import description, fuzz
from tests.conftest import Charges

CASES = 5_000


@pytest.mark.torture
@pytest.mark.django_db
def test_five_thousand_cases_meet_no_fault_and_nothing_undocumented(
    council: Organisation, charges: Charges, actor: Actor, tmp_path: Path, chance: random.Random
) -> None:
    world = build_fuzz_world(
        council=council, charges=charges, actor=actor, tmp_path=tmp_path, today=timezone.localdate()
    )
    outcome = fuzz(raw=description(), world=world, cases=CASES, chance=chance)
    print(f"\nAPI: {outcome}")
    assert outcome.failures == [], "\n".join(outcome.failures)
    assert outcome.cases == CASES
