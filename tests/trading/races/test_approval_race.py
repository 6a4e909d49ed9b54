"""Two approve, one declines, the buyer withdraws, it runs out and paper is recorded, all at once: one decision wins."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.organisations.services.delegation import set_approval_rule
from marketplace.trading.models import Approval, Booking, Order
from marketplace.trading.services import new_link
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.shop import person
from tests.trading.conftest import ON
from tests.trading.races.deciding import DECIDERS, decide_together, use_link_together

TRIALS = 8
CLOSINGS = ["order.approved", "order.declined", "order.approval_withdrawn", "order.approval_expired"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def orders(asking, school, actor) -> list[Approval]:
    """One order of one place for each trial, of as many people."""
    asking.run.capacity = 60
    asking.run.save()
    person(school, actor, name="Hana Head", role=Role.APPROVER)
    return [asking(person(school, actor, name=f"Asker {number}", limit=1), 1) for number in range(TRIALS)]


def race(approvals: list[Approval], school, actor, *, guarded: bool) -> list[Counter[str]]:
    people = [
        person(school, actor, name=f"Decider {number}", role=Role.BUYER if number == 3 else Role.APPROVER).person_id
        for number in range(DECIDERS)
    ]
    barrier = CONTEXT.Barrier(DECIDERS)
    given = [(index, [one.pk for one in approvals], people, guarded, barrier) for index in range(DECIDERS)]
    return [Counter(column) for column in zip(*run_all(decide_together, given), strict=True)]


def test_one_decision_wins_and_everything_follows_from_it(orders, school, actor, asking):
    told = race(orders, school, actor, guarded=True)
    print(f"approvals: {TRIALS} orders, {DECIDERS} deciders each, {sum(one['done'] for one in told)} decisions")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert all(set(one) <= {"done", "AlreadyDecided"} for one in told)
    assert Event.objects.filter(kind__in=CLOSINGS).count() == TRIALS
    placed = Order.objects.filter(state="placed").count()
    assert Charge.objects.count() == Booking.objects.filter(state="booked").count() == asking.taken == placed
    assert not Approval.objects.filter(state="waiting").exists()
    call_command("verify_ledger")


def test_control_without_the_guard_an_order_is_decided_more_than_once(orders, school, actor):
    told = race(orders, school, actor, guarded=False)
    print(f"approvals, control: {sum(one['done'] > 1 for one in told)} of {TRIALS} orders decided more than once")
    assert any(one["done"] > 1 for one in told)
    assert Event.objects.filter(kind__in=CLOSINGS).count() > TRIALS


@pytest.fixture
def tokens(asking, school, actor) -> list[str]:
    set_approval_rule(
        organisation=school, from_pence=1, valid_from=ON, email="chair@oakfield.example", title="the chair", actor=actor
    )
    at = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
    return [
        new_link(approval=asking(person(school, actor, name=f"Asker {number}"), 1), at=at) for number in range(TRIALS)
    ]


def used(tokens: list[str], *, guarded: bool) -> list[int]:
    barrier = CONTEXT.Barrier(DECIDERS)
    told = run_all(use_link_together, [(tokens, guarded, barrier)] * DECIDERS)
    return [Counter(column)["done"] for column in zip(*told, strict=True)]


def test_a_link_is_used_once_whoever_presses_together(tokens):
    assert used(tokens, guarded=True) == [1] * TRIALS


def test_control_without_the_guard_a_link_is_used_more_than_once(tokens):
    assert max(used(tokens, guarded=False)) > 1
