"""A billing run of 2,000 invoices is killed twenty times by SIGKILL: nothing is lost and nothing is billed twice."""

import random
import signal
from io import StringIO

import pytest
from django.core.management import call_command

from tests.invoicing.races.killing import bill_in_two_transactions_and_die_between, lines, run_bill_command, trial
from tests.invoicing.races.many_charges import make_charges
from tests.invoicing.races.processes import start, wait_until_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
INVOICES, KILLS, CHUNK = 2_000, 20, 100


def test_twenty_kills_lose_nothing_and_bill_nothing_twice(schools, charges):
    chance = random.Random(19)
    found = [
        trial(
            charges=charges, school=schools[0], key=f"kill {number}", invoices=INVOICES, chunk=CHUNK, chance=chance
        )
        for number in range(KILLS)
    ]  # fmt: skip
    moments = [killed.issued_when_killed for killed in found]
    inside = sum(0 < moment < INVOICES for moment in moments)
    print(
        f"\n{KILLS} SIGKILLs during runs of {INVOICES} invoices in chunks of {CHUNK}: issued when killed {moments}, "
        f"{inside} strictly between 0 and {INVOICES}; after the rerun lost {sum(k.lost for k in found)}, "
        f"twice {sum(k.twice for k in found)}"
    )
    assert sum(killed.was_killed for killed in found) >= 10
    assert inside >= 10
    assert all(moment % CHUNK == 0 for moment in moments), "a chunk is whole or not there"
    assert [killed.lost for killed in found] == [0] * KILLS
    assert [killed.twice for killed in found] == [0] * KILLS
    call_command("verify_ledger")


def test_control_items_marked_in_a_transaction_of_their_own_are_billed_twice(schools, charges):
    make_charges(charges=charges, school=schools[0], count=200, key="control")
    process = start(bill_in_two_transactions_and_die_between, CHUNK)
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    wait_until_alone()
    again = start(run_bill_command, CHUNK)
    again.join(timeout=60)
    documents, items = lines("control")
    print(f"\ncontrol in two transactions: {documents - items} of {items} items invoiced twice after one kill")
    assert (documents, items) == (200 + CHUNK, 200)
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=StringIO(), stderr=err)
    assert "15 billed-once" in err.getvalue()
