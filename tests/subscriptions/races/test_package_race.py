"""Eight draw at once on a package of three units: three get one. Looking first and taking afterwards, more do."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from subscriptions.models import PackageDraw
from tests.subscriptions.commissions.councils import agreed, area, cast_of, package
from tests.subscriptions.races.package_drawing import ROOM, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 12


@pytest.fixture
def packages(partnership, actor, tmp_path) -> list[int]:
    council, schools = area(tmp_path, actor, ["Racing Primary"])
    cast = cast_of(council, actor)
    made = agreed(cast)
    return [package(cast, made, schools, code=f"race-{n}", allocation=Decimal(ROOM)).pk for n in range(TRIALS)]


def test_no_more_is_drawn_than_is_allocated(packages):
    assert race(packages=packages, guarded=True) == [(ROOM, ROOM)] * TRIALS
    assert PackageDraw.objects.count() == TRIALS * ROOM
    call_command("verify_ledger")


def test_control_looking_first_and_taking_afterwards_pays_for_more_than_is_allocated(packages):
    found = race(packages=packages, guarded=False)
    over = sum(told > ROOM for told, _ in found)
    print(f"\ncontrol without the guard: {over} of {TRIALS} packages drawn beyond their allocation")
    assert over >= TRIALS // 2
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
