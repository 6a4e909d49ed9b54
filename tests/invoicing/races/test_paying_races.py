"""Money leaves once: whoever clicks together, whoever changes an account meanwhile, whenever the process dies."""

import random
import threading
import time
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction

from invoicing.payees.services import ask_account, confirm_account
from invoicing.paying_out import releasing
from invoicing.paying_out.errors import PayeeChanged
from invoicing.paying_out.models import PaymentBatch, PaymentSending
from tests.invoicing.paying_out.world import TODAY, Payers, invoiced
from tests.invoicing.races.paying import release, release_together
from tests.invoicing.races.processes import start, wait_until_alone
from tests.invoicing.races.settling import PROCESSES
from tests.invoicing.races.test_second_clicks_race import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 4
INDEX = "payment_sending_one_at_a_time"


@pytest.fixture
def payers(transactional_db, partnership, actor) -> Payers:
    return Payers(partnership, actor)


def approved(payers: Payers, count: int) -> list[int]:
    """So many approved batches of £50.00."""
    payers.account(payers.ridgeway)
    batches = []
    for _ in range(count):
        invoiced(payers.ridgeway, 5_000)
        batches.append(payers.approved().pk)
    return batches


def test_a_batch_released_by_six_at_once_is_sent_once(payers):
    answers = told(release_together, approved(payers, TRIALS), payers.olive.user_id, True)
    print(f"\n{TRIALS} batches, each released by {PROCESSES} processes at once: {PaymentSending.objects.count()} sent")
    assert answers == [Counter(done=1, SentAlready=PROCESSES - 1)] * TRIALS
    assert PaymentSending.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_without_the_look_everybody_sends_it(payers):
    batches = approved(payers, TRIALS)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {INDEX}")
    try:
        told(release_together, batches, payers.olive.user_id, False)
        print(f"\ncontrol: {PaymentSending.objects.count()} files sent for {TRIALS} batches")
        assert PaymentSending.objects.count() > TRIALS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; DELETE FROM invoicing_paymentsending")
            cursor.execute(
                f"CREATE UNIQUE INDEX {INDEX} ON invoicing_paymentsending (batch_id) WHERE (NOT (state = 'failed'))"
            )
            cursor.execute("SET session_replication_role = DEFAULT")


def released_beside_a_change(payers: Payers, *, guarded: bool) -> str:
    """Releases in a thread while a change of account is being confirmed and not yet committed; what it came to."""
    [batch] = approved(payers, 1)
    asked = ask_account(
        organisation=payers.ridgeway, account_name="Ridgeway Learning", sort_code="60-16-13", account_number="70872490",
        on=TODAY, actor=payers.priya,
    )  # fmt: skip
    outcome: list[str] = []

    def attempt() -> None:
        try:
            with transaction.atomic():
                if not guarded:
                    with connection.cursor() as cursor:
                        cursor.execute("SET LOCAL session_replication_role = replica")
                release(batch, payers.olive.user_id or 0, "beside")
            outcome.append("sent")
        except PayeeChanged:
            outcome.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        confirm_account(account=asked, how_checked="Called back", on=TODAY, actor=payers.marek)
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join(timeout=2)
    thread.join(timeout=30)
    close_old_connections()
    return outcome[0]


def test_a_release_waits_for_a_change_of_account_and_is_refused(payers):
    assert released_beside_a_change(payers, guarded=True) == "refused"
    assert PaymentBatch.objects.get().state == "approved"


def test_control_without_waiting_the_old_account_is_paid(payers, monkeypatch):
    monkeypatch.setattr(releasing, "_SHARE_ACCOUNTS", "SELECT %s")
    assert released_beside_a_change(payers, guarded=False) == "sent"


def test_a_release_killed_at_any_moment_is_whole_or_nothing(payers):
    chance, seen = random.Random(14), Counter()
    for number, batch in enumerate(approved(payers, 3)):
        process = start(release, batch, payers.olive.user_id, f"killed:{number}")
        time.sleep(chance.uniform(0.2, 3))
        process.kill()
        process.join()
        wait_until_alone()
        seen[PaymentBatch.objects.get(pk=batch).state] += 1
        call_command("verify_ledger")
        release(batch, payers.olive.user_id or 0, f"killed:{number}")  # whoever comes back presses the button again
        assert PaymentSending.objects.filter(batch=batch).count() == 1
    print(f"\n3 releases killed: {dict(seen)}; each sent once in the end")
    call_command("verify_ledger")
