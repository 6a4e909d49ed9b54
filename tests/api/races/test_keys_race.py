"""Six processes send the same receipt under the same key at the same moment: it is recorded once."""

import signal
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from invoicing.banking.services import ensure_bank_account
from invoicing.receivables.models import UnallocatedItem
from marketplace.core.actors import Actor, Role
from marketplace.core.models import IdempotentRequest
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.api.races.keys import post_and_die_before_commit, post_together
from tests.invoicing.races.processes import CONTEXT, run_all, start, wait_until_alone
from tests.shop import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
PROCESSES, TRIALS = 6, 20


@pytest.fixture
def program(transactional_db: None, partnership: Organisation, actor: Actor) -> Program:
    ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", actor=actor
    )
    return Program(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))


@pytest.fixture
def body(oakfield: Organisation) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {
        "customer": oakfield.number,
        "pence": 12_000,
        "received_on": today,
        "reference": "Race",
        "account": "current",
    }


def race(program: Program, body: dict[str, Any], guard: str) -> Counter[int]:
    """How many of all the requests were answered with which status."""
    barrier = CONTEXT.Barrier(PROCESSES)
    answers = run_all(post_together, [(program.secret, body, TRIALS, guard, barrier)] * PROCESSES)
    found = Counter(status for column in answers for status in column)
    receipts = UnallocatedItem.objects.count()
    print(
        f"\nsame key from {PROCESSES} processes, {TRIALS} trials, guard: {guard}: {receipts} receipts, "
        f"answers {dict(sorted(found.items()))}"
    )
    return found


def test_one_key_records_one_receipt_whoever_comes_at_the_same_time(program: Program, body: dict[str, Any]) -> None:
    found = race(program, body, "all")
    assert set(found) == {201, 409}, "done, the same answer again, or told to ask again"
    assert found[201] >= TRIALS and found[409] > 0, "some were in flight at the same moment"
    assert UnallocatedItem.objects.count() == IdempotentRequest.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_without_the_lock_the_others_meet_a_fault(program: Program, body: dict[str, Any]) -> None:
    found = race(program, body, "no lock")
    assert found[500] > 0, "only the unique key of the row holds them back, by an error"
    assert UnallocatedItem.objects.count() == TRIALS


def test_control_without_the_key_every_process_records_one(program: Program, body: dict[str, Any]) -> None:
    found = race(program, body, "nothing")
    assert found == {201: TRIALS * PROCESSES}
    assert UnallocatedItem.objects.count() == TRIALS * PROCESSES


def test_a_kill_before_the_commit_leaves_nothing_and_the_key_may_be_sent_again(
    program: Program, body: dict[str, Any]
) -> None:
    process = start(post_and_die_before_commit, program.secret, "killed-key", body)
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    wait_until_alone()
    assert not UnallocatedItem.objects.exists() and not IdempotentRequest.objects.exists()
    assert program.post("/payments", body, key="killed-key").status_code == 201
    again = program.post("/payments", body, key="killed-key")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert UnallocatedItem.objects.count() == 1
    call_command("verify_ledger")
