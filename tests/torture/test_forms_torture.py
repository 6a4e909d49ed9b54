"""Every form of every page filled in twenty times as nobody should: see tests/access/form_fuzzing.py."""

import random
from pathlib import Path

import pytest

from tests.access.building import built_world
from tests.access.form_fuzzing import Filling
from tests.access.matrix import matrix

TIMES = 20


@pytest.mark.torture
@pytest.mark.django_db
def test_no_form_of_any_page_fails_whatever_it_is_given(tmp_path: Path, chance: random.Random) -> None:
    with built_world(tmp_path) as world:
        filling = Filling(world, chance)
        for thing in matrix():
            filling.thing(thing, times=TIMES)
    print(f"\nForms: {filling}")
    assert filling.faults == [], "\n".join(filling.faults)
    assert filling.sent > 15_000
