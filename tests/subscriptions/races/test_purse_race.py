"""Eight orders draw at once on a purse that pays three of them: never a fourth; without the guard often."""

import pytest
from django.core.management import call_command

from subscriptions.models import PurseMovement
from tests.subscriptions.purses.tampering import filled, two_schools
from tests.subscriptions.races.purses import PENCE, ROOM, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 12


@pytest.fixture
def codes(partnership, actor) -> list[str]:
    schools = two_schools("Racing")
    return [filled(f"race-{n}", schools, ROOM * PENCE).code for n in range(TRIALS)]


def test_a_purse_pays_as_many_orders_as_it_holds(codes):
    assert race(codes=codes, guarded=True) == [(ROOM, ROOM * PENCE)] * TRIALS
    assert PurseMovement.objects.filter(kind="reserved").count() == TRIALS * ROOM
    call_command("verify_ledger")


def test_control_looking_first_and_keeping_afterwards_keeps_more_than_is_there(codes):
    kept = race(codes=codes, guarded=False)
    over = sum(pence > ROOM * PENCE for _, pence in kept)
    print(f"\ncontrol without the guard: {over} of {TRIALS} purses overdrawn")
    assert over >= TRIALS // 2
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
