"""Two accept one offer; one renews while another gives notice; a level changes while it is invoiced."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.receivables.models import Charge, Reduction
from invoicing.services import run_billing
from marketplace.core.periods import Period
from subscriptions.agreements.models import Agreement
from subscriptions.services import renew
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, agreed, line
from tests.subscriptions.races.agreeing import BILLED, TODAY, change_or_invoice, decide_together

TRIALS, RACERS = 8, 3
NEXT = Period(date(2027, 4, 1), date(2028, 4, 1))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def race(pairs, *, guarded: bool) -> list[Counter[str]]:
    barrier = CONTEXT.Barrier(RACERS)
    told = run_all(decide_together, [(index, pairs, guarded, barrier) for index in range(RACERS)])
    return [Counter(column) for column in zip(*told, strict=True)]


@pytest.fixture
def offers(oakfield, actor) -> list[tuple[int, int]]:
    made = [agreed(oakfield, line(100_000), actor=actor, offered=True, key=f"offer:{n}") for n in range(TRIALS)]
    return [(0, one.pk) for one in made]


@pytest.fixture
def renewals(oakfield, actor) -> list[tuple[int, int]]:
    """For each trial an agreement that runs and the offer that would renew it."""
    running = [agreed(oakfield, line(100_000), actor=actor, key=f"first:{n}") for n in range(TRIALS)]
    return [
        (one.pk, renew(agreement=one, term=NEXT, lines=[line(104_000, NEXT)], on=TODAY, actor=actor).pk)
        for one in running
    ]


def test_an_offer_is_accepted_once(offers):
    told = race(offers, guarded=True)
    print(f"offers: {TRIALS}, accepted {sum(one['done'] for one in told)} times by {RACERS} people at once")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert all(set(one) == {"done", "NotOffered"} for one in told)
    assert Charge.objects.count() == TRIALS
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_guard_an_offer_is_accepted_more_than_once(offers):
    told = race(offers, guarded=False)
    print(f"offers, control: {sum(one['done'] > 1 for one in told)} of {TRIALS} accepted more than once")
    assert any(one["done"] > 1 for one in told)


def both(pairs) -> int:
    """Agreements that were renewed although notice was given."""
    renewed = Agreement.objects.filter(pk__in=[second for _, second in pairs], state="active")
    return renewed.filter(succeeds__notice_given_on__isnull=False).count()


def test_what_notice_was_given_for_is_not_renewed(renewals):
    race(renewals, guarded=True)
    noticed = Agreement.objects.filter(notice_given_on__isnull=False).count()
    print(f"renewals: {TRIALS}, {noticed} ended by notice, {both(renewals)} both")
    assert both(renewals) == 0
    assert noticed + Agreement.objects.filter(succeeds__isnull=False, state="active").count() == TRIALS
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_lock_notice_and_renewal_both_come_true(renewals):
    race(renewals, guarded=False)
    print(f"renewals, control: {both(renewals)} of {TRIALS} renewed although notice was given")
    assert both(renewals)


def change_while_invoiced(oakfield, actor, *, guarded: bool) -> int:
    """Invoices on which an item stands for more than it was due when it was invoiced."""
    made = []
    for number in range(TRIALS):
        billed = BILLED + timedelta(days=number)
        gold = line(200_000, SCHOOL_YEAR, title="Gold", bill_on=billed)
        made.append(agreed(oakfield, gold, actor=actor, term=SCHOOL_YEAR, key=f"gold:{number}", on=billed))
    barrier = CONTEXT.Barrier(2)
    run_all(change_or_invoice, [(index, [one.pk for one in made], guarded, barrier) for index in range(2)])
    run_billing(on=date(2027, 2, 1), actor=actor)  # what changed while it was looked at waits for the next run
    billed = Charge.objects.filter(state="billed").select_related("document_line")
    return sum(
        charge.document_line.net_pence != charge.net_pence - charge.reduced_pence
        + sum(Reduction.objects.filter(charge=charge).exclude(state="applied").values_list("pence", flat=True))
        for charge in billed
        if charge.document_line
    )  # fmt: skip


def test_a_level_changed_while_it_is_invoiced_is_credited_or_never_billed(oakfield, actor):
    wrong = change_while_invoiced(oakfield, actor, guarded=True)
    print(f"changes while invoiced: {Document.objects.count()} invoices, {wrong} wrong")
    assert wrong == 0
    assert Document.objects.exists()
    call_command("verify_ledger", stdout=StringIO())


def test_control_an_item_that_nobody_holds_is_invoiced_for_what_it_was(oakfield, actor):
    wrong = change_while_invoiced(oakfield, actor, guarded=False)
    print(f"changes while invoiced, control: {wrong} wrong")
    assert wrong
