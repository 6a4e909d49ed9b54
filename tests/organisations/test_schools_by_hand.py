"""Authorities, trusts and schools added by hand keep the register's rules."""

from datetime import date

import pytest

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Authority, Organisation, PupilCount, School, Trust, TrustMembership
from marketplace.organisations.queries import pupil_count_on
from marketplace.organisations.services.registry import add_organisation
from marketplace.organisations.services.schools import (
    KnownAlready,
    RegisterFacts,
    add_authority,
    add_school,
    add_trust,
    count_pupils,
    join_trust,
)

START = date(2023, 9, 1)
FACTS = RegisterFacts(urn="900001", type_code="1", phase_code="2", low_age=4, high_age=11)
KIND = Organisation.Kind


def organisation(name: str, kind: Organisation.Kind, actor: Actor) -> Organisation:
    return add_organisation(kind=kind, name=name, valid_from=START, actor=actor)


@pytest.fixture
def authority(db: None, actor: Actor) -> Authority:
    council = organisation("Tidewell Borough Council", KIND.AUTHORITY, actor)
    return add_authority(organisation=council, code="990", actor=actor)


@pytest.fixture
def school(authority: Authority, actor: Actor) -> School:
    made = organisation("Oakfield Primary School", KIND.SCHOOL, actor)
    return add_school(organisation=made, authority=authority, facts=FACTS, actor=actor)


def trust(uid: str, actor: Actor) -> Trust:
    return add_trust(organisation=organisation(f"Trust {uid}", KIND.TRUST, actor), uid=uid, actor=actor)


@pytest.mark.parametrize(
    ("type_code", "billing_class"), [("1", "maintained"), ("34", "academy"), ("11", "independent"), ("18", "other")]
)
def test_the_billing_class_follows_from_the_type(
    authority: Authority, actor: Actor, type_code: str, billing_class: str
) -> None:
    made = organisation("School", KIND.SCHOOL, actor)
    facts = RegisterFacts(urn="900009", type_code=type_code, phase_code="2")
    school = add_school(organisation=made, authority=authority, facts=facts, actor=actor)
    assert (school.billing_class, school.status) == (billing_class, School.Status.OPEN)


def test_a_code_a_uid_and_a_urn_stand_for_one_organisation(school: School, actor: Actor) -> None:
    trust("98001", actor)
    events = Event.objects.count()
    with pytest.raises(KnownAlready, match="990 belongs to another"):
        add_authority(organisation=school.organisation, code="990", actor=actor)
    with pytest.raises(KnownAlready, match="98001 belongs to another"):
        add_trust(organisation=school.organisation, uid="98001", actor=actor)
    with pytest.raises(KnownAlready, match="900001 belongs to another"):
        add_school(organisation=school.organisation, authority=school.authority, facts=FACTS, actor=actor)
    assert Event.objects.count() == events and School.objects.count() == 1


def test_the_latest_count_before_a_day_is_used_and_a_correction_replaces_it(school: School, actor: Actor) -> None:
    for pupils, on in ((398, date(2024, 10, 3)), (412, date(2025, 10, 2)), (415, date(2025, 10, 2))):
        count_pupils(school=school, pupils=pupils, source="October census", counted_on=on, actor=actor)
    assert PupilCount.objects.count() == 2
    found = pupil_count_on(school, date(2026, 1, 1))
    assert found is not None and found.pupils == 415
    for wrong in (-1, 20_001):
        with pytest.raises(WrongInput, match="from 0 to 20,000"):
            count_pupils(school=school, pupils=wrong, source="x", counted_on=date(2026, 1, 1), actor=actor)
    assert PupilCount.objects.count() == 2


def test_a_school_moves_from_one_trust_to_another_and_never_back_in_time(school: School, actor: Actor) -> None:
    first, second = trust("98001", actor), trust("98002", actor)
    join_trust(school=school, trust=first, valid_from=START, actor=actor)
    assert join_trust(school=school, trust=first, valid_from=date(2024, 1, 1), actor=actor).valid_from == START
    join_trust(school=school, trust=second, valid_from=date(2025, 9, 1), actor=actor)
    dates = list(TrustMembership.objects.order_by("valid_from").values_list("trust__uid", "valid_from", "valid_to"))
    assert dates == [("98001", START, date(2025, 9, 1)), ("98002", date(2025, 9, 1), None)]
    with pytest.raises(WrongInput, match="belongs to a trust on a later day"):
        join_trust(school=school, trust=first, valid_from=date(2022, 9, 1), actor=actor)
    assert TrustMembership.objects.count() == 2


def test_only_an_administrator_may_add(school: School) -> None:
    buyer = Actor(1, 1, "Sam Buyer", frozenset({Grant(Role.BUYER, school.organisation_id)}))
    with pytest.raises(NotAllowed, match="You may not count pupils"):
        count_pupils(school=school, pupils=1, source="x", counted_on=START, actor=buyer)
    assert PupilCount.objects.count() == 0
