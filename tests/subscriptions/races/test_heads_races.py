"""Two verifiers on one return of heads, a freeze against an acceptance: each comes out whole."""

from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.models import Payable
from marketplace.core.models import Event
from subscriptions.outcomes.models import VolumeReturn
from tests.subscriptions.outcomes.heads import OCTOBER, heads_contract, returned
from tests.subscriptions.races.heads import decide_together, freeze_or_decide
from tests.subscriptions.races.two_at_once import RACERS, race

TRIALS = 5
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def waiting(cast):
    """Three heads of £625.00 together in contracts of their own: the statements and the returns."""
    made = [returned(heads_contract(cast, title=f"Raced {at}"), OCTOBER, cast, 3) for at in range(TRIALS)]
    return [one.statement_id for one in made], [one.pk for one in made]


def decisions():
    return Event.objects.filter(kind__in=["outcome_volume.accepted", "outcome_volume.rejected"]).count()


def test_heads_are_decided_once(waiting, verifiers):
    told = race(decide_together, waiting[1], verifiers, guarded=True)
    print(f"heads: {TRIALS} returns, {sum(one['done'] for one in told)} decisions of {RACERS} verifiers at once")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert all(set(one) == {"done", "ReturnStands"} for one in told)
    assert decisions() == TRIALS
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_lock_heads_are_accepted_and_sent_back(waiting, verifiers):
    race(decide_together, waiting[1], verifiers, guarded=False)
    print(f"heads, control: {decisions()} decisions of {TRIALS} returns")
    assert decisions() > TRIALS


def paid_and_accepted():
    accepted = VolumeReturn.objects.filter(state=VolumeReturn.State.ACCEPTED, statement__state="frozen").count()
    return Payable.objects.count(), accepted


def test_heads_accepted_while_their_statement_freezes_are_paid_on_it_or_not_accepted(waiting, verifiers):
    told = race(freeze_or_decide, *waiting, verifiers, guarded=True)
    paid, accepted = paid_and_accepted()
    print(f"freezes against heads: {paid} paid there, {TRIALS - paid} refused, of {TRIALS}")
    assert paid == accepted
    assert sum(one["done"] for one in told) == TRIALS + accepted
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_locks_heads_are_accepted_on_a_statement_that_does_not_pay_them(waiting, verifiers):
    race(freeze_or_decide, *waiting, verifiers, guarded=False)
    paid, accepted = paid_and_accepted()
    print(f"freezes against heads, control: {accepted} accepted, {paid} paid")
    assert accepted > paid
