"""The scheme of delegation as data, and deputies: for their dates, within the limit of whom they stand in for."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event, EventText, User
from marketplace.organisations.models import ApprovalRule, Deputy, Organisation, Person
from marketplace.organisations.queries import approval_rule_on, approvers_of, deputies_of, deputy_partners
from marketplace.organisations.services.delegation import (
    DeputyOverlaps,
    end_approval_rule,
    end_deputy,
    name_deputy,
    set_approval_rule,
)
from marketplace.organisations.services.people import actor_for, give_role
from tests.conftest import START
from tests.shop import person, trust_with

ON = date(2027, 3, 3)
FRIDAY = date(2027, 3, 12)

pytestmark = pytest.mark.django_db


def on_the(day: date, actor: Actor) -> Actor:
    return actor_for(user=User.objects.get(pk=actor.user_id), on=day)


def who(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


@pytest.fixture
def hana(oakfield, actor) -> Actor:
    """Oakfield's head teacher, who approves up to £5,000.00."""
    return person(oakfield, actor, name="Hana Head", role=Role.APPROVER, limit=500_000, on=ON)


@pytest.fixture
def dev(oakfield, actor) -> Actor:
    """Oakfield's deputy head, who buys up to £250.00."""
    return person(oakfield, actor, name="Dev Deputy", limit=25_000, on=ON)


def named(oakfield, hana, dev, **more) -> Deputy:
    given = {"first_day": ON, "last_day": FRIDAY, "on": ON, "actor": hana} | more
    return name_deputy(organisation=oakfield, deputy=who(dev), **given)


def test_a_deputy_holds_the_role_on_their_days_alone_and_says_for_whom(oakfield, hana, dev):
    named(oakfield, hana, dev, first_day=ON + timedelta(days=1))
    held = Grant(Role.APPROVER, oakfield.pk, 500_000, on_behalf_of_person_id=hana.person_id)
    days = [ON, ON + timedelta(days=1), FRIDAY, FRIDAY + timedelta(days=1)]
    assert [held in on_the(day, dev).grants for day in days] == [False, True, True, False]


def test_deputising_does_not_raise_what_one_may_order_oneself(oakfield, hana, dev):
    named(oakfield, hana, dev)
    assert on_the(ON, dev).spending_limit(oakfield.pk) == 25_000


@pytest.mark.parametrize(("given", "held"), [(None, 500_000), (100_000, 100_000), (500_000, 500_000)])
def test_the_deputys_limit_narrows_and_never_widens(oakfield, hana, dev, given, held):
    named(oakfield, hana, dev, spending_limit_pence=given)
    [grant] = [one for one in on_the(ON, dev).grants if one.on_behalf_of_person_id]
    assert grant.spending_limit_pence == held


def test_a_limit_above_ones_own_is_refused_and_one_lowered_later_binds_the_deputy(oakfield, hana, dev):
    with pytest.raises(WrongInput, match=r"must not exceed your own of £5,000\.00"):
        named(oakfield, hana, dev, spending_limit_pence=500_001)
    assert not Deputy.objects.exists()
    named(oakfield, hana, dev, spending_limit_pence=400_000)
    who(hana).roles.update(spending_limit_pence=300_000)
    assert {g.spending_limit_pence for g in on_the(ON, dev).grants if g.on_behalf_of_person_id} == {300_000}


def test_a_deputy_loses_it_with_the_role_of_whom_they_stand_in_for(oakfield, hana, dev):
    named(oakfield, hana, dev)
    who(hana).roles.update(valid_to=ON)
    assert not any(grant.on_behalf_of_person_id for grant in on_the(ON, dev).grants)


def test_a_deputy_names_no_deputy_and_gets_none_of_the_deputys_rights_on(oakfield, hana, dev, actor):
    cara = person(oakfield, actor, name="Cara Clerk", on=ON)
    named(oakfield, hana, dev)
    with pytest.raises(NotFound):
        named(oakfield, on_the(ON, dev), cara)
    give_role(person=who(dev), role=Role.APPROVER, organisation=oakfield, valid_from=START, actor=actor)
    named(oakfield, on_the(ON, dev), cara)
    assert {g.on_behalf_of_person_id for g in on_the(ON, cara).grants} == {None, dev.person_id}


def test_a_trusts_finance_deputy_reaches_its_schools_too(tmp_path, partnership, actor):
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    lead = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE, on=ON)
    aide = person(trust, actor, name="Abel Aide", on=ON)
    named(trust, lead, aide)
    found = {g.organisation_id for g in on_the(ON, aide).grants if g.on_behalf_of_person_id == lead.person_id}
    assert found == {trust.pk, academy.pk}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"first_day": ON - timedelta(days=1)}, "today or later"),
        ({"last_day": ON - timedelta(days=1)}, "Last day must be the first day or later"),
        ({"last_day": date(2028, 4, 1)}, "a year at most"),
    ],
)
def test_days_that_cannot_be_are_refused(oakfield, hana, dev, more, words):
    with pytest.raises(WrongInput, match=words):
        named(oakfield, hana, dev, **more)
    assert not Deputy.objects.exists()


def test_oneself_a_stranger_and_a_second_deputy_on_the_same_day_are_refused(oakfield, council, hana, dev, actor):
    stranger = person(council, actor, name="Stan Stranger", on=ON)
    with pytest.raises(WrongInput, match="somebody else"):
        named(oakfield, hana, hana)
    with pytest.raises(WrongInput, match="has no role at Oakfield"):
        named(oakfield, hana, stranger)
    named(oakfield, hana, dev)
    with pytest.raises(DeputyOverlaps):
        named(oakfield, hana, dev, first_day=FRIDAY, last_day=FRIDAY)
    named(oakfield, hana, dev, first_day=FRIDAY + timedelta(days=1), last_day=FRIDAY + timedelta(days=1))
    assert Deputy.objects.count() == 2
    with pytest.raises(NotFound):
        named(oakfield, dev, hana)  # a buyer approves nothing


def test_ending_it_early_takes_effect_today_and_only_the_person_represented_may(oakfield, hana, dev):
    made = named(oakfield, hana, dev)
    with pytest.raises(NotFound):
        end_deputy(deputy=made, on=ON, actor=dev)
    end_deputy(deputy=made, on=ON + timedelta(days=2), actor=hana)
    assert any(g.on_behalf_of_person_id for g in on_the(ON + timedelta(days=1), dev).grants)
    assert not any(g.on_behalf_of_person_id for g in on_the(ON + timedelta(days=2), dev).grants)
    assert [e.kind for e in Event.objects.filter(kind__startswith="deputy.").order_by("pk")] == [
        "deputy.named", "deputy.ended",
    ]  # fmt: skip
    ahead = named(oakfield, hana, dev, first_day=FRIDAY, last_day=FRIDAY)
    assert list(deputies_of(hana.person_id, oakfield, ON + timedelta(days=3))) == [ahead]
    end_deputy(deputy=ahead, on=ON, actor=hana)  # before it began: it never does
    assert not any(g.on_behalf_of_person_id for g in on_the(FRIDAY, dev).grants)


def test_the_database_itself_refuses_a_deputy_of_oneself(oakfield, hana):
    with pytest.raises(IntegrityError, match="deputy_another_person"), transaction.atomic():
        Deputy.objects.create(
            organisation=oakfield,
            for_person_id=hana.person_id,
            deputy_id=hana.person_id,
            valid_from=ON,
            valid_to=FRIDAY,
        )


def test_those_who_stand_in_for_each_other_are_found_from_both_sides_on_their_days(oakfield, hana, dev):
    named(oakfield, hana, dev)
    assert deputy_partners(hana.person_id, ON) == {dev.person_id}
    assert deputy_partners(dev.person_id, ON) == {hana.person_id}
    assert deputy_partners(hana.person_id, FRIDAY + timedelta(days=1)) == set()


def rule(oakfield: Organisation, actor: Actor, pence: int, **more) -> ApprovalRule:
    given = {"valid_from": ON, "role": None if "email" in more or "person" in more else Role.APPROVER} | more
    return set_approval_rule(organisation=oakfield, from_pence=pence, actor=actor, **given)


def test_the_highest_step_at_or_below_the_sum_counts_on_its_days(oakfield, actor):
    low = rule(oakfield, actor, 100_000)
    high = rule(oakfield, actor, 500_000, email="chair@oakfield.example", title="the chair of governors")
    found = [approval_rule_on(oakfield, pence, ON) for pence in (99_999, 100_000, 499_999, 500_000)]
    assert found == [None, low, low, high]
    assert approval_rule_on(oakfield, 500_000, ON - timedelta(days=1)) is None
    assert EventText.objects.get(event__kind="approval_rule.set").words["email"] == "chair@oakfield.example"


def test_a_new_step_ends_the_one_before_it_from_its_day(oakfield, actor):
    first, second = rule(oakfield, actor, 100_000), rule(oakfield, actor, 100_000, valid_from=FRIDAY)
    assert approval_rule_on(oakfield, 100_000, FRIDAY - timedelta(days=1)) == first
    assert approval_rule_on(oakfield, 100_000, FRIDAY) == second
    again = rule(oakfield, actor, 100_000, valid_from=FRIDAY)
    assert approval_rule_on(oakfield, 100_000, FRIDAY) == again
    assert end_approval_rule(organisation=oakfield, from_pence=100_000, on=FRIDAY + timedelta(days=1), actor=actor) == 1
    assert approval_rule_on(oakfield, 100_000, FRIDAY + timedelta(days=1)) is None


def test_those_who_approve_do_not_change_their_own_scheme(oakfield, hana):
    for attempt in (lambda: rule(oakfield, hana, 1), lambda: end_approval_rule(
        organisation=oakfield, from_pence=1, on=ON, actor=hana)):  # fmt: skip
        with pytest.raises(NotAllowed, match="partnership's office"):
            attempt()
    assert not ApprovalRule.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"role": None}, "Choose one approver"),
        ({"role": Role.APPROVER, "email": "chair@oakfield.example", "title": "chair"}, "Choose one approver"),
        ({"role": Role.BUYER}, "does not approve orders"),
        ({"role": None, "email": "chair", "title": "chair"}, "must be like name@school.example"),
        ({"role": None, "email": "chair@oakfield.example"}, "Enter title of the governor"),
        ({"keeps_days": 61}, "1 to 60 days"),
    ],
)
def test_a_step_that_names_nobody_or_two_is_refused(oakfield, actor, more, words):
    with pytest.raises(WrongInput, match=words):
        set_approval_rule(
            organisation=oakfield, from_pence=1, valid_from=ON, actor=actor, **({"role": Role.APPROVER} | more)
        )
    assert not ApprovalRule.objects.exists()


def test_who_may_approve_a_sum_is_whose_limit_covers_it_and_the_trusts_finance(tmp_path, partnership, actor):
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE, on=ON)
    hana = person(academy, actor, name="Hana Head", role=Role.APPROVER, limit=50_000, on=ON)
    person(academy, actor, name="Sam Buyer", on=ON)
    names = [[one.pk for one in approvers_of(academy, pence, ON)] for pence in (50_000, 50_001)]
    assert names == [[hana.person_id, tess.person_id], [tess.person_id]]
    assert [one.pk for one in approvers_of(academy, 1, ON, role=Role.APPROVER)] == [hana.person_id]
    assert [one.pk for one in approvers_of(trust, 1, ON)] == [tess.person_id]
