"""What is asked back is paid or withdrawn, never more than it was: whoever comes first, the other reckons with it."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db.models import Sum

from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.receivables.models import Allocation
from tests.invoicing.books import receive
from tests.invoicing.paying_out.world import TODAY, Payers, overpaid
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.invoicing.races.withdrawing import RECEIVED, withdraw_or_settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 4
ASKED = 42_000


@pytest.fixture
def payers(transactional_db, partnership, actor) -> Payers:
    return Payers(partnership, actor)


def raced(payers: Payers, *, guarded: bool) -> tuple[list[Counter[str]], list[int]]:
    """What became of each trial, and what was settled of each request in pence."""
    claims = [
        claim_back(
            credit=overpaid(payers, ASKED, key=f"release:{number}"), reason="No more work", on=TODAY, actor=payers.priya
        )
        for number in range(TRIALS)
    ]
    receipts = [receive(payers.ridgeway, RECEIVED, key=f"part:{n}", on=TODAY) for n in range(TRIALS)]
    given = [one.pk for one in claims], [one.pk for one in receipts], payers.priya.user_id, guarded
    barrier = CONTEXT.Barrier(2)
    told = run_all(withdraw_or_settle, [(index, *given, barrier) for index in range(2)])
    settled = Allocation.objects.filter(item__document__in=ClaimBack.objects.values("document"))
    by_item = settled.values_list("item__document").annotate(Sum("pence")).order_by("item__document")
    return [Counter(column) for column in zip(*told, strict=True)], [pence for _, pence in by_item]


def test_a_request_is_settled_once_by_money_and_withdrawal_together(payers):
    answers, settled = raced(payers, guarded=True)
    print(
        f"\nwithdrawing against receipts: {TRIALS} requests, settled {settled} of {ASKED} each, {sum(answers, Counter())}"
    )
    assert settled == [ASKED] * TRIALS
    # Money first: the rest is withdrawn. Withdrawn first: the money finds nothing owed and stays on account.
    assert all(answer in (Counter(done=2), Counter(done=1, AllocationTooLarge=1)) for answer in answers)
    call_command("verify_ledger")


def test_control_by_what_was_seen_more_is_settled_than_was_asked(payers):
    answers, settled = raced(payers, guarded=False)
    print(f"\ncontrol: settled {settled} of {ASKED} each")
    assert answers == [Counter(done=2)] * TRIALS
    assert settled == [ASKED + RECEIVED] * TRIALS
