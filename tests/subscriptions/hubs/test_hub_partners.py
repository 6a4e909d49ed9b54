"""Schools that apply with others: each answers in its own name, and nothing is sent over an open answer."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from subscriptions.hubs.models import HubApplication, HubPartner
from subscriptions.hubs.queries import applications_for
from subscriptions.hubs.services.applying import (
    HubApplicationIncomplete,
    save_application,
    start_application,
    submit_application,
)
from subscriptions.hubs.services.calls import CallNotOpen
from subscriptions.hubs.services.partnering import answer_partner, drop_partner, name_partner
from subscriptions.hubs.services.writing import ApplicationMoved
from tests.subscriptions.hubs.calling import APPLIED, CLOSES, OFFER

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(call, head, elm):
    made = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    return save_application(application=made, offer=OFFER, at=APPLIED, actor=head)


@pytest.fixture
def asked(draft, head, birch):
    return name_partner(application=draft, school=birch, part="Hosts training", actor=head)


def stands(partner):
    partner.refresh_from_db()
    return partner.answer, partner.part, partner.answered_by_id


def test_a_school_confirms_in_its_own_name_and_then_it_is_sent(asked, draft, head, birch_head):
    with pytest.raises(NotAllowed, match="answer for this school"):
        answer_partner(partner=asked, confirms=True, at=APPLIED, actor=head)
    with pytest.raises(HubApplicationIncomplete, match="Birch Lane Primary School has not confirmed yet") as refused:
        submit_application(application=draft, at=APPLIED, actor=head)
    assert len(refused.value.detail) == 1 and stands(asked)[0] == "asked"
    answer_partner(partner=asked, confirms=True, at=APPLIED, actor=birch_head)
    assert stands(asked) == ("confirmed", "Hosts training", birch_head.person_id)
    assert submit_application(application=draft, at=APPLIED, actor=head).state == "submitted"
    assert Event.objects.get(kind="hub_application.partner_confirmed").subject == draft.number


def test_a_school_that_declined_is_taken_off_or_asked_anew(asked, draft, head, birch, birch_head):
    answer_partner(partner=asked, confirms=False, words="Too much", at=APPLIED, actor=birch_head)
    assert not applications_for(birch_head).exists(), "who declined reads the draft no longer"
    with pytest.raises(HubApplicationIncomplete, match="Birch Lane Primary School declined"):
        submit_application(application=draft, at=APPLIED, actor=head)
    name_partner(application=draft, school=birch, part="Hosts training", actor=head)
    assert stands(asked) == ("asked", "Hosts training", None)
    answer_partner(partner=asked, confirms=False, at=APPLIED, actor=birch_head)
    drop_partner(application=draft, school=birch, actor=head)
    assert submit_application(application=draft, at=APPLIED, actor=head).state == "submitted"


def test_another_part_is_asked_anew_and_the_same_one_is_not(asked, draft, head, birch, birch_head):
    answer_partner(partner=asked, confirms=True, at=APPLIED, actor=birch_head)
    name_partner(application=draft, school=birch, part="Hosts training", actor=head)
    assert stands(asked)[0] == "confirmed"
    assert Event.objects.filter(kind="hub_application.partner_named").count() == 1
    name_partner(application=draft, school=birch, part="Pays for the cover", actor=head)
    assert stands(asked) == ("asked", "Pays for the cover", None)


def test_an_answer_to_what_was_asked_before_is_refused(asked, draft, head, birch, birch_head):
    before = HubPartner.objects.select_related("application__call", "organisation").get()
    name_partner(application=draft, school=birch, part="Pays for the cover", actor=head)
    with pytest.raises(WrongInput, match="has changed"):
        answer_partner(partner=before, confirms=True, at=APPLIED, actor=birch_head)
    assert stands(asked)[0] == "asked"


def test_nobody_answers_after_the_deadline_or_once_it_is_sent(asked, draft, head, birch_head):
    with pytest.raises(CallNotOpen):
        answer_partner(partner=asked, confirms=True, at=CLOSES, actor=birch_head)
    answer_partner(partner=asked, confirms=True, at=CLOSES - timedelta(minutes=2), actor=birch_head)
    submit_application(application=draft, at=CLOSES - timedelta(minutes=1), actor=head)
    with pytest.raises(ApplicationMoved):
        answer_partner(partner=asked, confirms=False, at=CLOSES - timedelta(minutes=1), actor=birch_head)
    assert stands(asked)[0] == "confirmed"


def test_the_database_keeps_an_unanswered_application_from_being_sent(asked, draft, birch_head, cedar):
    sent = HubApplication.objects.filter(pk=draft.pk)
    with pytest.raises(DatabaseError, match="a school that has not confirmed"), transaction.atomic():
        sent.update(state="submitted", submitted_at=APPLIED)
    with pytest.raises(DatabaseError, match="asked before it answers"), transaction.atomic():
        HubPartner.objects.create(application=draft, organisation=cedar, answer="confirmed", answered_at=APPLIED)
    answer_partner(partner=asked, confirms=True, at=APPLIED, actor=birch_head)
    with pytest.raises(DatabaseError, match="asked before it answers"), transaction.atomic():
        HubPartner.objects.filter(pk=asked.pk).update(part="Everything")
    sent.update(state="submitted", submitted_at=APPLIED)
    with pytest.raises(DatabaseError, match="its schools stand"), transaction.atomic():
        HubPartner.objects.filter(pk=asked.pk).update(answer="declined")
