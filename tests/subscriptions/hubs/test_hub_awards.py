"""Awards: a contract by the call's terms, within the budget, never by whoever has an interest; the rest is told and erased."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.files import files_of
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import give_role
from subscriptions.hubs.models import HubApplication, HubCall, HubSchool, ReviewPoint
from subscriptions.hubs.queries import application_for, ranking
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.applying import (
    attach_paper,
    save_application,
    start_application,
    submit_application,
)
from subscriptions.hubs.services.awarding import BudgetTooSmall, award, decline
from subscriptions.hubs.services.calls import cancel_call
from subscriptions.hubs.services.erasing import erase_unsuccessful
from subscriptions.hubs.services.panel import Barred
from subscriptions.hubs.services.writing import ApplicationMoved, CallMoved
from subscriptions.outcomes.models import Measure, OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.services.contracting import agree_contract
from tests.conftest import START
from tests.core.small_files import png
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    APPLIED,
    AWARDED_ON,
    CLOSED_ON,
    OFFER,
    applied,
    closed,
    gave,
    on_panel,
    opened,
    scored,
)

pytestmark = pytest.mark.django_db
FEEDBACK = "A clear plan with partners who are used to it."


@pytest.fixture
def bids(call, head, birch_head, elm, birch, cedar, olga, pia, raj):
    """Elm Park with Cedar Hill comes first with 80, Birch Lane second with 60; the scoring has ended."""
    made = applied(call, head, elm, cedar), applied(call, birch_head, birch)
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    for judge in (pia, raj):
        gave(made[0], judge, 4, 4, 4)
        gave(made[1], judge, 3, 3, 3)
    scored(call, olga)
    return made


def test_an_award_draws_up_the_contract_by_the_calls_terms_and_offers_it(call, bids, elm, cedar, olga, head):
    contract = award(application=bids[0], feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    assert (contract.kind, contract.side, contract.party, contract.state) == ("hub", "pays", elm, "offered")
    assert (contract.value_pence, contract.vat_category, contract.vat_reason) == (3_600_000, "O", "Grant: not a supply")
    items = OutcomeItem.objects.filter(contract=contract)
    assert sorted({(one.gate, one.pence) for one in items}) == [
        ("outcome", 72_000), ("outcome", 108_000), ("outcome", 180_000), ("output", 280_000),
    ]  # fmt: skip
    assert (items.count(), Measure.objects.filter(contract=contract).count()) == (18, 18)
    days = Statement.objects.filter(contract=contract).order_by("ordinal").values_list("cut_off", "pay_on")[:3]
    assert list(days) == [
        (date(2026, 12, 31), date(2027, 1, 25)), (date(2027, 4, 30), date(2027, 5, 25)),
        (date(2027, 8, 31), date(2027, 9, 24)),
    ]  # fmt: skip
    assert [one.due_on.year for one in ReviewPoint.objects.filter(contract=contract)] == [2027, 2028, 2029]
    assert [one.organisation for one in HubSchool.objects.filter(contract=contract)] == [cedar]
    bids[0].refresh_from_db()
    assert (bids[0].state, bids[0].contract, bids[0].feedback) == ("awarded", contract, FEEDBACK)
    assert agree_contract(contract=contract, on=AWARDED_ON, actor=head).state == "active"
    assert not Payable.objects.exists()
    call_command("verify_ledger")


def test_the_last_decision_decides_the_call_and_everybody_reads_why(call, bids, olga, head, birch_head):
    award(application=bids[0], feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    call.refresh_from_db()
    assert (call.state, call.awarded_pence, call.left_pence) == ("scored", 3_600_000, 0)
    decline(application=bids[1], feedback="Fewer schools than the others.", on=AWARDED_ON, actor=olga)
    call.refresh_from_db()
    assert call.state == "decided"
    assert application_for(birch_head, bids[1].number).feedback == "Fewer schools than the others."
    with pytest.raises(NotFound):
        application_for(birch_head, bids[0].number)
    [told] = Event.objects.filter(kind="hub_application.declined")
    assert told.organisation_ids == [bids[1].lead_id]


def test_awards_never_come_to_more_than_the_budget(call, bids, olga):
    award(application=bids[0], feedback=FEEDBACK, value=Money(3_000_000), on=AWARDED_ON, actor=olga)
    with pytest.raises(BudgetTooSmall, match=r"£6,000.01 is more than the £6,000.00 that is left") as refused:
        award(application=bids[1], feedback=FEEDBACK, value=Money(600_001), on=AWARDED_ON, actor=olga)
    assert refused.value.facts == {"left": 600_000}
    assert (OutcomeContract.objects.count(), HubApplication.objects.filter(state="awarded").count()) == (1, 1)
    award(application=bids[1], feedback=FEEDBACK, value=Money(600_000), on=AWARDED_ON, actor=olga)
    call.refresh_from_db()
    assert (call.state, call.left_pence) == ("decided", 0)
    call_command("verify_ledger")


def test_whoever_has_an_interest_decides_nothing(bids, elm, partnership, actor):
    both = person(partnership, actor, name="Ola Both", role=Role.ORGANISER)
    give_role(
        person=Person.objects.get(pk=both.person_id), role=Role.BUYER, organisation=elm, valid_from=START, actor=actor
    )
    for verb in (award, decline):
        with pytest.raises(Barred, match="somebody else must decide"):
            verb(application=bids[0], feedback=FEEDBACK, on=AWARDED_ON, actor=both)
    with pytest.raises(DatabaseError, match="has an interest in it"), transaction.atomic():
        HubApplication.objects.filter(pk=bids[0].pk).update(
            state="declined", decided_by=both.person_id, decided_on=AWARDED_ON, feedback="x"
        )
    assert not OutcomeContract.objects.exists()
    decline(application=bids[1], feedback=FEEDBACK, on=AWARDED_ON, actor=both)


def test_nothing_is_decided_before_the_scoring_ends_or_twice_or_by_the_panel(call, head, elm, olga, pia, raj):
    bid = applied(call, head, elm)
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    with pytest.raises(CallMoved, match="decide once its scoring has ended"):
        award(application=bid, feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    for judge in (pia, raj):
        gave(bid, judge, 1, 1, 1)
    scored(call, olga)
    with pytest.raises(NotAllowed):
        award(application=bid, feedback=FEEDBACK, on=AWARDED_ON, actor=pia)
    with pytest.raises(WrongInput, match="Enter what the applicants read"):
        decline(application=bid, feedback=" ", on=AWARDED_ON, actor=olga)
    decline(application=bid, feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    with pytest.raises((ApplicationMoved, CallMoved)):
        award(application=bid, feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    with pytest.raises(CallMoved):
        cancel_call(call=call, reason="Too late", on=AWARDED_ON, actor=olga)


def test_two_centres_are_awarded_each_with_its_own_value_and_measures(olga, head, birch_head, elm, birch, pia, raj):
    """Scenario 25's shape: £8,000.00 and £12,500.00."""
    call = opened(olga, kind="centre", needs="Speech and language places", budget=Money(7_200_000))
    made = applied(call, head, elm), applied(call, birch_head, birch)
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    for bid in made:
        for judge in (pia, raj):
            gave(bid, judge, 4, 4, 4)
    scored(call, olga)
    assert all(one.ranked.tied for one in ranking(call))
    first, second = (
        award(
            application=bid,
            feedback=FEEDBACK,
            value=Money(pence),
            on=AWARDED_ON,
            actor=olga,
            template=Template(Decimal(1), Decimal(0), output_measures=(Wanted(name, name.capitalize()),)),
        )
        for bid, pence, name in zip(made, (800_000, 1_250_000), ("places", "outreach"), strict=True)
    )
    assert (first.kind, second.kind) == ("centre", "centre")
    for contract, pence, name in ((first, 800_000, "Places"), (second, 1_250_000, "Outreach")):
        items = OutcomeItem.objects.filter(contract=contract)
        assert sum(one.pence for one in items) == pence == contract.value_pence
        assert all(one.measure.name.endswith(name.lower()) for one in items.select_related("measure"))
    call_command("verify_ledger")


def test_what_a_school_asked_for_is_what_it_gets_unless_decided_otherwise(call, head, elm, olga, pia, raj):
    bid = applied(call, head, elm, offer=replace(OFFER, asked=Money(1_800_000)))
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    for judge in (pia, raj):
        gave(bid, judge, 4, 4, 4)
    scored(call, olga)
    assert award(application=bid, feedback=FEEDBACK, on=AWARDED_ON, actor=olga).value_pence == 1_800_000


def test_a_call_to_which_nobody_applied_is_decided_with_nothing(call, olga):
    closed(call, olga)
    scored(call, olga)
    assert HubCall.objects.get().state == "decided"


def test_what_led_to_nothing_is_erased_after_twelve_months_with_its_files(
    call, head, birch_head, elm, birch, olga, pia, raj, actor
):
    kept = applied(call, birch_head, birch)
    lost = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    save_application(application=lost, offer=OFFER, at=APPLIED, actor=head)
    attach_paper(application=lost, upload=png(), file_name="plan.png", actor=head)
    submit_application(application=lost, at=APPLIED, actor=head)
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    for judge in (pia, raj):
        gave(kept, judge, 4, 4, 4)
        gave(lost, judge, 2, 2, 2)
    scored(call, olga)
    award(application=kept, feedback=FEEDBACK, on=AWARDED_ON, actor=olga)
    decline(application=lost, feedback="Not this time.", on=AWARDED_ON, actor=olga)
    assert erase_unsuccessful(on=date(2027, 5, 19), actor=actor) == 0
    assert [erase_unsuccessful(on=date(2027, 5, 20), actor=actor) for _ in range(2)] == [1, 0]
    lost.refresh_from_db()
    assert (lost.plan, lost.people, lost.feedback, lost.submitted_by_id) == ("", "", "", None)
    assert files_of("hub-application", lost.number) == []
    assert [one.ranked.total for one in ranking(call)] == [80, 40], "the points stay"
    kept.refresh_from_db()
    assert kept.plan == OFFER.plan
    call_command("verify_ledger")


def test_only_staff_and_members_see_the_ranking_and_a_head_sees_their_own(call, bids, head, pia, olga):
    assert application_for(olga, bids[1].number) and application_for(pia, bids[1].number)
    with pytest.raises(NotFound):
        application_for(head, bids[1].number)
    assert CLOSED_ON < AWARDED_ON
