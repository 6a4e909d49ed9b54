"""Two people approve one service credit; two agree one round: each happens once."""

from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.receivables.models import Reduction
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.membership.rules.methods import Method
from subscriptions.models import Agreement, ServiceCredit
from subscriptions.services import mark_missed, open_ticket, plan_round, set_desk_hours
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.shop import START
from tests.subscriptions.agreements.terms import agreed, line
from tests.subscriptions.races.deciding import agree_together, approve_together
from tests.subscriptions.sharing import enter_all, full_member, schools_of

TRIALS, RACERS = 5, 2
OPENED, LATER = datetime(2026, 6, 15, 8, tzinfo=UTC), datetime(2026, 6, 15, 10, tzinfo=UTC)
TERM = Period(date(2026, 9, 1), date(2027, 9, 1))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def race(decide, ids, *, guarded: bool) -> list[Counter[str]]:
    barrier = CONTEXT.Barrier(RACERS)
    told = run_all(decide, [(index, ids, guarded, barrier) for index in range(RACERS)])
    return [Counter(column) for column in zip(*told, strict=True)]


@pytest.fixture
def credits(oakfield, actor) -> list[int]:
    """A service credit for each of some agreements, each proposed by a promise that was missed."""
    set_desk_hours(
        weekdays=range(5), opens=time(8, 30), closes=time(16, 30), valid_from=START, on=START,
        promises=[Promise(Priority.P2, 30, 480, Decimal(10))], actor=actor,
    )  # fmt: skip
    for number in range(TRIALS):
        payroll = agreed(oakfield, line(120_000), actor=actor, on=date(2026, 4, 1), key=f"credit:{number}").lines.get()
        open_ticket(
            organisation=oakfield, line=payroll, priority="P2", subject="Payslips", text="None", at=OPENED, actor=actor
        )
    mark_missed(at=LATER, actor=actor)
    found = list(ServiceCredit.objects.order_by("pk").values_list("pk", flat=True))
    assert len(found) == TRIALS
    return found


@pytest.fixture
def rounds(partnership, actor) -> list[int]:
    """Drafts in which two schools share £100.00."""
    kind = full_member(actor)
    enter_all(schools_of([100, 200], actor), actor, since=START, member_class=kind)
    made = [
        plan_round(
            code=f"race-{number}", title=f"Contribution {number}", term=TERM, budget=Money(100_00),
            method=Method.EQUAL, member_class=kind, actor=actor,
        )
        for number in range(TRIALS)
    ]  # fmt: skip
    return [one.pk for one in made]


def approvals() -> int:
    return Event.objects.filter(kind="service_credit.approved").count()


def test_a_service_credit_is_given_back_once(credits):
    told = race(approve_together, credits, guarded=True)
    print(f"credits: {TRIALS}, approved {sum(one['done'] for one in told)} times by {RACERS} people at once")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert all(set(one) == {"done", "CreditIsDecided"} for one in told)
    assert (approvals(), Reduction.objects.count()) == (TRIALS, TRIALS)
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_guard_a_credit_is_approved_twice(credits):
    told = race(approve_together, credits, guarded=False)
    print(f"credits, control: {sum(one['done'] > 1 for one in told)} of {TRIALS} approved twice")
    assert any(one["done"] > 1 for one in told)
    assert approvals() > TRIALS


def test_a_round_is_agreed_once(rounds):
    told = race(agree_together, rounds, guarded=True)
    print(f"rounds: {TRIALS}, {Agreement.objects.count()} agreements of two schools each")
    assert all(set(one) == {"done"} for one in told)  # the second finds what the first agreed
    assert Agreement.objects.count() == TRIALS * 2
    assert Event.objects.filter(kind="contribution.agreed").count() == TRIALS
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_lock_a_round_is_agreed_twice(rounds):
    race(agree_together, rounds, guarded=False)
    agreed_times = Event.objects.filter(kind="contribution.agreed").count()
    print(f"rounds, control: agreed {agreed_times} times")
    assert agreed_times > TRIALS
