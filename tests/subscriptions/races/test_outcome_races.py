"""Two verifiers on one claim, a freeze against an acceptance, a freeze against a variation: each comes out whole."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.models import Payable
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.outcomes.models import ContractVersion, OutcomeItem, Statement
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, StatementTerms
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.conftest import OUTSIDE
from tests.subscriptions.outcomes.hub_year import DRAWN, claimed, hub_contract
from tests.subscriptions.races.outcomes import freeze_or_accept, freeze_or_vary, verify_together
from tests.subscriptions.races.two_at_once import RACERS, broken, race

TRIALS = 5
DECEMBER = date(2026, 12, 31)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def waiting(cast):
    """Claims of the autumn's outputs in contracts of their own, with the statement they would stand on."""
    contracts = [hub_contract(cast, years=1) for _ in range(TRIALS)]
    claims = [claimed(one, "autumn-1", date(2026, 12, 10), cast).pk for one in contracts]
    statements = [Statement.objects.get(contract=one, cut_off=DECEMBER).pk for one in contracts]
    return statements, claims


def accepted():
    return Event.objects.filter(kind="outcome_item.accepted").count()


def test_a_claim_is_accepted_once(waiting, verifiers):
    told = race(verify_together, waiting[1], verifiers, guarded=True)
    print(f"claims: {TRIALS}, accepted {sum(one['done'] for one in told)} times by {RACERS} verifiers at once")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert accepted() == TRIALS
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_guard_a_claim_is_accepted_twice(waiting, verifiers):
    race(verify_together, waiting[1], verifiers, guarded=False)
    print(f"claims, control: accepted {accepted()} times of {TRIALS}")
    assert accepted() > TRIALS


def test_what_is_accepted_while_its_statement_freezes_is_paid_there_or_on_the_next(waiting, verifiers):
    told = race(freeze_or_accept, waiting[0], waiting[1], verifiers, guarded=True)
    assert [one["done"] for one in told] == [RACERS] * TRIALS
    there = OutcomeItem.objects.filter(state="payable", statement__in=waiting[0]).count()
    later = OutcomeItem.objects.filter(state="eligible", statement__state="open").count()
    print(f"freezes against acceptances: {there} paid there, {later} on the next statement")
    assert there + later == TRIALS
    assert Payable.objects.count() == there
    assert not OutcomeItem.objects.filter(state="eligible", statement__state="frozen").exists()
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_locks_an_item_is_left_behind_on_a_frozen_statement(waiting, verifiers):
    race(freeze_or_accept, waiting[0], waiting[1], verifiers, guarded=False)
    left = OutcomeItem.objects.filter(state="eligible", statement__state="frozen").count()
    print(f"freezes against acceptances, control: {left} of {TRIALS} left behind")
    assert left > 0


@pytest.fixture
def varied(cast):
    """Contracts of £2,000.00 with £1,000.00 on time by December, which a variation that we approved leaves out."""
    statements, versions = [], []
    for _ in range(TRIALS):
        term, autumn = Period(date(2026, 9, 1), date(2027, 9, 1)), Period(date(2026, 9, 1), date(2027, 1, 1))
        made = draft_contract(
            terms=ContractTerms(
                kind="hub", side="pays", party=cast.school, title="Raced hub", term=term, value=Money(2_000_00), vat=OUTSIDE,
                account_code="7900", stream_code="GR", measures=[],
                items=[ItemTerms("autumn", "Autumn", 1_000_00, autumn, autumn.start, DECEMBER)],
                statements=[
                    StatementTerms(autumn.start, DECEMBER, date(2027, 1, 25)),
                    StatementTerms(date(2027, 1, 1), date(2027, 8, 31), date(2027, 9, 25)),
                ],
            ), on=DRAWN, actor=cast.organiser,
        )  # fmt: skip
        offer_contract(contract=made, on=DRAWN, actor=cast.organiser)
        made = agree_contract(contract=made, on=DRAWN, actor=cast.lead)
        version = propose_variation(
            contract=made, valid_from=date(2026, 12, 1), value=Money(500_00), changes=Changes(left_out=["autumn"]),
            reason="A smaller budget", on=date(2026, 11, 1), actor=cast.organiser,
        )  # fmt: skip
        approve_variation(version=version, on=date(2026, 11, 2), actor=cast.manager)
        statements.append(made.statements.order_by("cut_off").first().pk)
        versions.append(version.pk)
    return statements, versions


def test_a_variation_and_a_freeze_never_both_have_the_same_amount(varied, cast):
    told = race(freeze_or_vary, *varied, cast.school.pk, guarded=True)
    paid = Payable.objects.count()
    agreed = ContractVersion.objects.filter(pk__in=varied[1], state="agreed").count()
    print(f"freezes against variations: {paid} paid before, {agreed} varied before, of {TRIALS}")
    assert paid + agreed == TRIALS
    assert sum(one["done"] for one in told) == TRIALS + agreed
    assert broken("outcome") == set()
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_locks_an_amount_is_owed_and_left_out(varied, cast):
    race(freeze_or_vary, *varied, cast.school.pk, guarded=False)
    both = Payable.objects.count() + ContractVersion.objects.filter(pk__in=varied[1], state="agreed").count() - TRIALS
    print(f"freezes against variations, control: {both} of {TRIALS} owed and left out")
    assert both > 0
    assert "outcome-items-paid-by-lines" in broken("outcome")
