"""The register of members: classes and votes, entries that set the prices, leaving, who votes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Person
from subscriptions.membership.register import EntryEnded, EntryOverlaps, MemberClassExists, NotThatMembersPerson
from subscriptions.models import MemberEntry
from subscriptions.queries import entries_of, members_on, price_class_on, votes_of
from subscriptions.services import add_member_class, enter_member, leave_register, name_voter
from tests.shop import buyer, person
from tests.subscriptions.sharing import full_member

pytestmark = pytest.mark.django_db
SEPTEMBER, JANUARY, APRIL = date(2026, 9, 1), date(2027, 1, 1), date(2027, 4, 1)


def associate(actor):
    return add_member_class(
        code="associate", name="Associate", votes=Decimal(0), price_class=PriceClass.ASSOCIATE, actor=actor
    )


def test_entering_sets_the_price_class_over_the_same_days(oakfield, actor):
    made = enter_member(
        organisation=oakfield, member_class=full_member(actor), valid_from=SEPTEMBER, valid_to=APRIL, actor=actor
    )
    prices = [price_class_on(oakfield, day) for day in (date(2026, 8, 31), SEPTEMBER, date(2027, 3, 31), APRIL)]
    assert prices == [PriceClass.NON_MEMBER, PriceClass.MEMBER, PriceClass.MEMBER, PriceClass.NON_MEMBER]
    again = enter_member(
        organisation=oakfield, member_class=made.member_class, valid_from=SEPTEMBER, valid_to=APRIL, actor=actor
    )
    assert again.pk == made.pk
    assert Event.objects.filter(kind="member.entered").count() == 1


def test_another_class_ends_the_running_entry_and_the_register_adds_up_votes(oakfield, council, actor):
    full = full_member(actor)
    for one in (oakfield, council):
        enter_member(organisation=one, member_class=full, valid_from=SEPTEMBER, actor=actor)
    enter_member(organisation=oakfield, member_class=associate(actor), valid_from=JANUARY, actor=actor)
    assert [votes_of(members_on(actor, day)) for day in (SEPTEMBER, JANUARY)] == [2, 1]
    assert [one.organisation for one in members_on(actor, JANUARY, member_class="associate")] == [oakfield]
    assert price_class_on(oakfield, JANUARY) == PriceClass.ASSOCIATE
    assert [one.valid_to for one in entries_of(oakfield)] == [None, JANUARY]


def test_leaving_needs_a_reason_and_ends_the_prices(oakfield, actor):
    entry = enter_member(organisation=oakfield, member_class=full_member(actor), valid_from=SEPTEMBER, actor=actor)
    with pytest.raises(WrongInput, match="reason"):
        leave_register(entry=entry, on=JANUARY, reason=" ", actor=actor)
    with pytest.raises(WrongInput, match="after 1 September 2026"):
        leave_register(entry=entry, on=SEPTEMBER, reason="Closed", actor=actor)
    left = leave_register(entry=entry, on=JANUARY, reason="Joined another partnership", actor=actor)
    assert (left.valid_to, left.left_because) == (JANUARY, "Joined another partnership")
    assert price_class_on(oakfield, JANUARY) == PriceClass.NON_MEMBER
    assert not members_on(actor, JANUARY).exists()
    with pytest.raises(EntryEnded, match="1 January 2027"):
        leave_register(entry=entry, on=APRIL, reason="Again", actor=actor)
    back = enter_member(organisation=oakfield, member_class=entry.member_class, valid_from=APRIL, actor=actor)
    assert (price_class_on(oakfield, APRIL), back.valid_to) == (PriceClass.MEMBER, None)


def test_days_never_overlap(oakfield, actor):
    full = full_member(actor)
    enter_member(organisation=oakfield, member_class=full, valid_from=JANUARY, actor=actor)
    with pytest.raises(EntryOverlaps, match="from 1 January 2027 already"):
        enter_member(organisation=oakfield, member_class=full, valid_from=SEPTEMBER, actor=actor)
    enter_member(organisation=oakfield, member_class=full, valid_from=SEPTEMBER, valid_to=JANUARY, actor=actor)
    with pytest.raises(IntegrityError, match="member_entry_no_overlap"), transaction.atomic():
        MemberEntry.objects.create(organisation=oakfield, member_class=full, valid_from=APRIL)


def test_only_a_person_of_the_member_votes(oakfield, council, actor):
    own = Person.objects.get(pk=person(oakfield, actor).person_id)
    other = Person.objects.get(pk=person(council, actor).person_id)
    entry = enter_member(
        organisation=oakfield, member_class=full_member(actor), valid_from=SEPTEMBER, voter=own, actor=actor
    )
    assert entry.voter == own
    with pytest.raises(NotThatMembersPerson, match="holds no role at Oakfield"):
        name_voter(entry=entry, person=other, on=SEPTEMBER, actor=actor)
    assert name_voter(entry=entry, person=None, on=SEPTEMBER, actor=actor).voter is None


def test_a_code_names_one_class_and_only_a_finance_manager_keeps_the_register(oakfield, actor):
    full = full_member(actor)
    with pytest.raises(MemberClassExists, match="class full already"):
        full_member(actor)
    for role in (Role.FINANCE_OFFICER, Role.BUYER):
        someone = buyer(oakfield, role=role)
        with pytest.raises(NotAllowed, match="keep the register of members"):
            enter_member(organisation=oakfield, member_class=full, valid_from=SEPTEMBER, actor=someone)
    with pytest.raises(WrongInput, match="at most 2 decimals"):
        add_member_class(code="x", name="X", votes=Decimal("0.333"), price_class=PriceClass.MEMBER, actor=actor)
