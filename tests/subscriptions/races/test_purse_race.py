"""Eight orders draw at once on a purse that pays three of them, or four draw while finance refunds four parts of it: never
more than there is; without the guards often.
"""

import pytest
from django.core.management import call_command

from invoicing.models import Refund
from subscriptions.models import PurseMovement
from tests.invoicing.books import receive
from tests.subscriptions.purses.tampering import ON, filled, two_schools
from tests.subscriptions.races import purse_taking
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
    with purse_taking.without_guards():
        kept = race(codes=codes, guarded=False)
    over = sum(pence > ROOM * PENCE for _, pence in kept)
    print(f"\ncontrol without the guard: {over} of {TRIALS} purses overdrawn")
    assert over >= TRIALS // 2
    with pytest.raises(SystemExit):
        call_command("verify_ledger")


@pytest.fixture
def in_four(partnership, actor) -> list[str]:
    """Purses whose money came in four parts."""
    schools = two_schools("Taking")
    found = [filled(f"taking-{n}", schools, PENCE) for n in range(TRIALS)]
    for purse in found:
        for part in range(1, purse_taking.TAKERS):
            receive(purse.account, PENCE, key=f"{purse.code}:{part}", on=ON)
    return [purse.code for purse in found]


def test_what_finance_takes_and_what_orders_keep_is_never_more_than_there_is(in_four):
    assert purse_taking.race(codes=in_four, guarded=True) == [purse_taking.TAKERS] * TRIALS
    taken, kept = Refund.objects.count(), PurseMovement.objects.filter(kind="reserved").count()
    print(f"\n{TRIALS} purses of {purse_taking.TAKERS} parts: {taken} refunded, {kept} kept for orders")
    assert taken + kept == purse_taking.TAKERS * TRIALS
    call_command("verify_ledger")


def test_control_without_the_guards_more_is_taken_and_kept_than_there_is(in_four):
    with purse_taking.without_guards():
        had = purse_taking.race(codes=in_four, guarded=False)
    over = sum(one > purse_taking.TAKERS for one in had)
    print(f"\ncontrol without the guards: {over} of {TRIALS} purses overdrawn")
    assert over >= TRIALS // 2
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
