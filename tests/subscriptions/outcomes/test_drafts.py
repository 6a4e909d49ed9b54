"""Drafts: drawn up again under their number, or discarded; once offered, nothing of them moves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.queries import outcome_contracts_for
from subscriptions.outcomes.rules.drawing_up import Outcome, Plan
from subscriptions.outcomes.services.contracting import ContractStands, agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import discard_contract, redraft_contract
from subscriptions.outcomes.services.drawing_up import Planned, draft_by_plan, planned_of, redraft_by_plan
from subscriptions.outcomes.services.terms import ContractTerms, StatementTerms
from tests.conftest import OUTSIDE
from tests.subscriptions.outcomes.claims import YEAR, cast_of, hub_draft
from tests.subscriptions.outcomes.test_drawing_up import HEADS

pytestmark = pytest.mark.django_db
ON = date(2026, 7, 1)
PLAN = Plan(
    first_day=date(2026, 9, 1), months=12, value_pence=12_000_00, every="term", on_time=Decimal(20),
    on_outputs=Decimal(50), on_outcomes=Decimal(30), output="Plan", outcomes=[Outcome("Reading", Decimal("1.5"))],
    yearly=True, outcomes_due=date(2027, 7, 31),
)  # fmt: skip


@pytest.fixture
def cast(partnership, actor):
    return cast_of(partnership, actor)


@pytest.fixture
def planned(cast):
    return Planned(
        kind="hub", party=cast.elm, title="Reading hub", plan=PLAN, vat=OUTSIDE, account_code="7900", stream_code="SI",
        evidence_types=("register",),
    )  # fmt: skip


@pytest.fixture
def draft(planned, cast):
    return draft_by_plan(planned=planned, on=ON, actor=cast.organiser)


def parts_of(contract):
    return (
        OutcomeItem.objects.filter(contract=contract).count(),
        Measure.objects.filter(contract=contract).count(),
        Statement.objects.filter(contract=contract).count(),
    )


def test_a_draft_is_shown_as_it_was_asked_for(draft, planned):
    draft.refresh_from_db()
    assert planned_of(draft) == planned


def test_a_draft_by_heads_keeps_its_bands_and_is_drawn_up_again_without(planned, cast):
    by_heads = replace(planned, plan=HEADS)
    made = draft_by_plan(planned=by_heads, on=ON, actor=cast.organiser)
    made.refresh_from_db()
    assert planned_of(made) == by_heads
    first = ContractVersion.objects.get(contract=made)
    assert list(first.bands.values_list("capacity", "price_pence", "service")) == [
        (30, 120_00, Decimal("0.25")), (60, 90_00, Decimal(0)),
    ]  # fmt: skip
    assert list(first.milestones.values_list("code", "share")) == [("m1", Decimal("0.4")), ("m2", Decimal("0.6"))]
    assert (made.heads_target, made.set_up_pence) == (40, 100_00)
    again = redraft_by_plan(contract=made, planned=planned, on=ON, actor=cast.organiser)
    assert not first.bands.exists() and not first.milestones.exists() and again.heads_target == 0


def test_a_draft_is_drawn_up_again_under_its_number(draft, planned, cast):
    assert parts_of(draft) == (3 + 3 + 1, 3 + 1, 3)
    other = replace(
        planned, kind="council", party=cast.moor, title="Halved", account_code="4110", stream_code="CC",
        plan=replace(PLAN, value_pence=6_000_00, every="half", on_time=Decimal(50), yearly=False, outcomes_due=None),
    )  # fmt: skip
    other = replace(other, plan=replace(other.plan, on_outputs=Decimal(50), on_outcomes=Decimal(0), outcomes=[]))
    again = redraft_by_plan(contract=draft, planned=other, on=date(2026, 7, 2), actor=cast.manager)
    assert (again.pk, again.number, again.state) == (draft.pk, draft.number, "draft")
    assert (again.side, again.party, again.value_pence, again.title) == ("earns", cast.moor, 6_000_00, "Halved")
    assert parts_of(again) == (2 + 2, 2, 2)
    first = ContractVersion.objects.get(contract=again)
    assert (first.value_pence, first.valid_to, first.proposed_by_id) == (6_000_00, YEAR.end, cast.manager.person_id)
    assert planned_of(again) == other
    event = Event.objects.get(kind="outcome_contract.redrafted")
    assert (event.payload["before_pence"], event.payload["value_pence"]) == (12_000_00, 6_000_00)


def test_what_does_not_fit_leaves_the_draft_as_it_was(draft, planned, cast):
    before = parts_of(draft)
    with pytest.raises(WrongInput, match="There is no account of expense with the code 4110"):
        redraft_by_plan(contract=draft, planned=replace(planned, account_code="4110"), on=ON, actor=cast.organiser)
    draft.refresh_from_db()
    assert (parts_of(draft), draft.value_pence) == (before, 12_000_00)


def test_once_offered_it_is_neither_drawn_up_again_nor_discarded(draft, planned, cast):
    offer_contract(contract=draft, on=ON, actor=cast.organiser)
    with pytest.raises(ContractStands, match="is offered now, so it is not drawn up again"):
        redraft_by_plan(contract=draft, planned=planned, on=ON, actor=cast.organiser)
    with pytest.raises(ContractStands, match="is offered now"):
        discard_contract(contract=draft, on=ON, actor=cast.organiser)
    assert agree_contract(contract=draft, on=ON, actor=cast.lead).state == "active"


def test_what_another_package_drew_up_is_discarded_not_redrawn(cast):
    """Other terms hang on its parts: a council's lines, an award, a promise."""
    made = hub_draft(cast)
    terms = ContractTerms(
        kind="hub", side="pays", party=cast.elm, title="Other", term=YEAR, value=Money(1_00),
        vat=OUTSIDE, account_code="7900", stream_code="SI", measures=[], items=[],
        statements=[StatementTerms(YEAR.start, YEAR.last_day, YEAR.end)],
    )  # fmt: skip
    with pytest.raises(ContractStands, match="Discard it, and draw up another where it came from"):
        redraft_contract(contract=made, terms=terms, on=ON, actor=cast.organiser)
    assert discard_contract(contract=made, on=ON, actor=cast.organiser).state == "discarded"


def test_a_discarded_draft_keeps_its_number_and_nobody_else_ever_sees_it(draft, planned, cast):
    done = discard_contract(contract=draft, reason=" Too dear ", on=ON, actor=cast.organiser)
    assert (done.state, done.end_reason, done.ended_on) == ("discarded", "Too dear", ON)
    assert not outcome_contracts_for(cast.lead).exists()
    assert outcome_contracts_for(cast.organiser).get() == draft
    after = draft_by_plan(planned=planned, on=ON, actor=cast.organiser)
    assert int(after.number[3:]) == int(draft.number[3:]) + 1
    with pytest.raises(ContractStands):
        offer_contract(contract=draft, on=ON, actor=cast.organiser)
    with pytest.raises(ContractStands):
        discard_contract(contract=draft, on=ON, actor=cast.organiser)


def test_others_neither_redraw_nor_discard(draft, planned, cast):
    for outsider in (cast.lead, cast.vic, cast.outsider):
        with pytest.raises(NotAllowed):
            redraft_by_plan(contract=draft, planned=planned, on=ON, actor=outsider)
        with pytest.raises(NotAllowed):
            discard_contract(contract=draft, on=ON, actor=outsider)
    assert OutcomeContract.objects.get(pk=draft.pk).state == "draft"


def test_the_database_lets_the_parts_of_a_draft_go_and_no_others(draft, cast):
    item = OutcomeItem.objects.filter(contract=draft).earliest("pk")
    item.delete()
    offer_contract(contract=draft, on=ON, actor=cast.organiser)
    for sql, says in (
        ("DELETE FROM subscriptions_outcomeitem", "is kept; cancel it"),
        ("DELETE FROM subscriptions_statement", "is kept; cancel it"),
        ("UPDATE subscriptions_contractversion SET value_pence = 1", "the terms of version 1"),
        ("UPDATE subscriptions_contractversion SET valid_to = valid_to + 1", "the terms of version 1"),
        ("UPDATE subscriptions_outcomecontract SET valid_to = valid_to + 1", "ends when both sides have approved"),
        ("UPDATE subscriptions_outcomecontract SET side = 'earns'", "keeps its number, its party"),
        (
            "UPDATE subscriptions_outcomecontract SET state = 'discarded', ended_on = now()",
            "cannot|may not|from offered",
        ),
    ):
        with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
