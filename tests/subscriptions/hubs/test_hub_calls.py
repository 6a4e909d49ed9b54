"""Calls for hubs and what schools send: published terms stand, the deadline holds to the minute, bids are sealed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.files import files_of, open_file
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.wording import LONDON
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.hubs.queries import application_for, applications_for, call_for, calls_for
from subscriptions.hubs.services.applying import (
    HubApplicationIncomplete,
    Offer,
    attach_paper,
    missing_of,
    save_application,
    start_application,
    submit_application,
    take_paper_off,
    withdraw_application,
)
from subscriptions.hubs.services.calls import (
    CallNotOpen,
    cancel_call,
    change_call,
    close_call,
    close_calls_over,
    draft_call,
    extend_deadline,
    minute_words,
    publish_call,
)
from subscriptions.hubs.services.partnering import drop_partner, name_partner
from subscriptions.hubs.services.writing import ApplicationMoved, CallMoved
from tests.core.small_files import png
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    APPLIED,
    CLOSED_ON,
    CLOSES,
    CRITERIA,
    DRAWN_UP,
    OFFER,
    OPENS,
    TERMS,
    applied,
    closed,
    opened,
)

pytestmark = pytest.mark.django_db


def test_a_draft_may_be_changed_and_a_published_call_stands(olga):
    call = draft_call(terms=TERMS, on=DRAWN_UP, actor=olga)
    assert (call.number, call.state) == ("HC-000001", "draft")
    change_call(call=call, terms=replace(TERMS, title="Phonics hub", criteria=CRITERIA[:2]), on=DRAWN_UP, actor=olga)
    assert [one.name for one in call.criteria.all()] == ["Track record", "Plan"]
    publish_call(call=call, on=DRAWN_UP, actor=olga)
    with pytest.raises(CallMoved, match="HC-000001 is open now"):
        change_call(call=call, terms=TERMS, on=DRAWN_UP, actor=olga)
    for values in ({"budget_pence": 1}, {"priorities": "Other"}, {"closes_at": OPENS}):
        with pytest.raises(DatabaseError), transaction.atomic():
            HubCall.objects.filter(pk=call.pk).update(**values)
    with pytest.raises(DatabaseError, match="its criteria stand"), transaction.atomic():
        call.criteria.update(weight=1)
    call.refresh_from_db()
    assert (call.title, call.budget_pence, call.closes_at) == ("Phonics hub", 3_600_000, CLOSES)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"criteria": ()}, "at least one criterion"),
        ({"budget": Money(3_599_999)}, "more than the budget of £35,999.99"),
        ({"closes_at": OPENS}, "later than the opening"),
        ({"closes_at": datetime(2026, 9, 1, 12, tzinfo=LONDON)}, "before the term begins on 1 September 2026"),
        ({"kind": "centre"}, "Enter needs"),
        ({"priorities": " "}, "Enter priorities"),
        ({"criteria": (replace(CRITERIA[0], weight=Decimal(0)),)}, "more than 0"),
        ({"monthly": Money(0)}, "more than £0.00"),
    ],
)
def test_a_call_that_does_not_go_together_is_refused(olga, changed, says):
    with pytest.raises(WrongInput, match=says):
        draft_call(terms=replace(TERMS, **changed), on=DRAWN_UP, actor=olga)
    assert not HubCall.objects.exists()


def test_only_those_who_run_calls_draw_them_up(head, partnership, actor):
    for somebody in (head, person(partnership, actor, name="Ann Auditor", role=Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            draft_call(terms=TERMS, on=DRAWN_UP, actor=somebody)
    assert not HubCall.objects.exists() and not Event.objects.filter(kind__startswith="hub_call").exists()


def test_the_deadline_holds_to_the_minute(call, head, elm):
    made = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    save_application(application=made, offer=OFFER, at=APPLIED, actor=head)
    with pytest.raises(CallNotOpen, match=r"closed at 12 noon on 1 May 2026\. Nothing was sent"):
        submit_application(application=made, at=CLOSES, actor=head)
    assert HubApplication.objects.get().state == "draft"
    with pytest.raises(DatabaseError, match="not within the hours"), transaction.atomic():
        HubApplication.objects.update(state="submitted", submitted_at=CLOSES)
    submit_application(application=made, at=CLOSES - timedelta(seconds=1), actor=head)
    assert HubApplication.objects.get().state == "submitted"


def test_nobody_applies_before_it_opens_or_for_another_school(call, head, birch, elm):
    with pytest.raises(CallNotOpen, match="open at 9am on 9 March 2026"):
        start_application(call=call, lead=elm, at=OPENS - timedelta(minutes=1), actor=head)
    with pytest.raises(NotAllowed, match="Ask the head teacher of Birch Lane"):
        start_application(call=call, lead=birch, at=APPLIED, actor=head)
    assert not HubApplication.objects.exists()


def test_a_draft_says_what_is_missing_and_is_not_sent(call, head, elm):
    made = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    assert start_application(call=call, lead=elm, at=APPLIED, actor=head) == made
    assert len(missing_of(made)) == 3
    with pytest.raises(HubApplicationIncomplete, match="Nothing was sent") as refused:
        submit_application(application=made, at=APPLIED, actor=head)
    assert refused.value.detail == missing_of(made)
    save_application(application=made, offer=Offer("A hub", ""), at=APPLIED, actor=head)
    assert missing_of(made) == ["Say what you would do.", "Say who would lead it."]


def test_what_was_sent_stands_with_its_schools(call, head, elm, birch, cedar):
    made = applied(call, head, elm, birch)
    with pytest.raises(ApplicationMoved):
        save_application(application=made, offer=replace(OFFER, plan="More"), at=APPLIED, actor=head)
    with pytest.raises(ApplicationMoved):
        name_partner(application=made, school=cedar, part="", actor=head)
    with pytest.raises(ApplicationMoved):
        drop_partner(application=made, school=birch, actor=head)
    with pytest.raises(DatabaseError, match="what it says stands"), transaction.atomic():
        HubApplication.objects.update(plan="More")
    with pytest.raises(DatabaseError, match="its schools stand"), transaction.atomic():
        made.partners.all().delete()
    assert [one.organisation for one in made.partners.all()] == [birch]


def test_one_application_stands_for_a_school_and_a_withdrawn_one_may_be_replaced(call, head, elm):
    first = applied(call, head, elm)
    withdraw_application(application=first, on=APPLIED.date(), actor=head)
    second = applied(call, head, elm)
    assert (first.number, second.number) == ("HA-000001", "HA-000002")
    with pytest.raises(ApplicationMoved, match="can no longer be withdrawn"):
        withdraw_application(application=first, on=APPLIED.date(), actor=head)


def test_papers_are_private_and_five_at_most(call, head, birch_head, elm, olga):
    made = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    stored = [attach_paper(application=made, upload=png(), file_name=f"{n}.png", actor=head) for n in range(5)]
    with pytest.raises(WrongInput, match="5 files or fewer"):
        attach_paper(application=made, upload=png(), file_name="6.png", actor=head)
    take_paper_off(application=made, file_id=stored[0].pk, actor=head)
    assert len(files_of("hub-application", made.number)) == 4
    assert open_file(file_id=stored[1].pk, actor=head).name == "1.png"
    for somebody in (birch_head, olga):
        with pytest.raises(NotFound):
            open_file(file_id=stored[1].pk, actor=somebody)


def test_bids_are_sealed_until_the_call_closes(call, head, birch_head, elm, birch, cedar, olga, actor):
    made = applied(call, head, elm, cedar)
    cedar_head = person(cedar, actor, name="Head Cedar", role=Role.APPROVER)
    assert [list(applications_for(one)) for one in (head, cedar_head)] == [[made], [made]]
    for somebody in (olga, birch_head):
        assert not applications_for(somebody).exists()
    closed(call, olga)
    assert application_for(olga, made.number) == made
    with pytest.raises(NotFound):
        application_for(birch_head, made.number)


def test_closing_withdraws_what_was_not_sent_and_the_duty_closes_once(call, head, birch_head, elm, birch, olga, actor):
    applied(call, head, elm)
    start_application(call=call, lead=birch, at=APPLIED, actor=birch_head)
    with pytest.raises(WrongInput, match="may apply until 12 noon"):
        close_call(call=call, at=CLOSES - timedelta(minutes=1), actor=olga)
    assert close_calls_over(at=CLOSES - timedelta(minutes=1), actor=actor) == 0
    assert [close_calls_over(at=CLOSES, actor=actor) for _ in range(2)] == [1, 0]
    assert sorted(HubApplication.objects.values_list("state", flat=True)) == ["submitted", "withdrawn"]
    assert Event.objects.get(kind="hub_call.closed").payload == {"submitted": 1, "unsent": 1}


def test_a_deadline_only_moves_to_later_while_the_call_is_open(call, head, elm, olga):
    later = CLOSES + timedelta(days=3)
    with pytest.raises(WrongInput, match="must be later"):
        extend_deadline(call=call, closes_at=CLOSES, on=CLOSED_ON, actor=olga)
    extend_deadline(call=call, closes_at=later, on=CLOSED_ON, actor=olga)
    applied(call, head, elm, at=CLOSES + timedelta(days=1))
    close_call(call=call, at=later, actor=olga)
    with pytest.raises(CallMoved):
        extend_deadline(call=call, closes_at=later + timedelta(days=1), on=CLOSED_ON, actor=olga)


def test_a_cancelled_call_says_why_and_withdraws_what_was_sent(call, head, elm, olga):
    made = applied(call, head, elm)
    cancel_call(call=call, reason="The money was cut", on=CLOSED_ON, actor=olga)
    made.refresh_from_db()
    assert (call.state, made.state) == ("cancelled", "withdrawn")
    with pytest.raises(CallMoved):
        cancel_call(call=call, reason="Again", on=CLOSED_ON, actor=olga)


def test_who_sees_which_calls(call, head, olga, pia, partnership, actor):
    draft = draft_call(terms=TERMS, on=DRAWN_UP, actor=olga)
    assert set(calls_for(olga)) == {call, draft}
    assert list(calls_for(head)) == [call]
    assert not calls_for(pia).exists(), "a member sees the calls of their own panels alone"
    buyer = person(partnership, actor, name="Val Verifier", role=Role.VERIFIER)
    with pytest.raises(NotFound):
        call_for(buyer, call.number)


def test_a_specialist_centre_publishes_its_needs(olga):
    call = opened(olga, kind="centre", needs="12 places for pupils with speech and language needs in the north")
    assert (call.kind, call.state) == ("centre", "open")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 5, 1, 12, 0), "12 noon on 1 May 2026"),
        (datetime(2026, 5, 1, 0, 0), "midnight on 1 May 2026"),
        (datetime(2026, 12, 1, 16, 30), "4:30pm on 1 December 2026"),
        (date(2026, 7, 1), "9am on 1 July 2026"),
    ],
)
def test_how_a_deadline_reads(moment, words):
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 9)
    assert minute_words(moment.replace(tzinfo=LONDON)) == words
