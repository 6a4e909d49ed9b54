"""Who gives which role to whom, up to how much, from when: by those who keep an organisation's people."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.models import Event, User
from marketplace.core.verification import check, registered
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.people_queries import people_for, person_for, roles_for
from marketplace.organisations.rules.roles_held import GIVEN_BY, ROLES_AT, roles_to_give
from marketplace.organisations.services import access
from marketplace.organisations.services.access import (
    OwnRole,
    RoleHeld,
    change_limit,
    end_access,
    give_access,
    rename_person,
)
from marketplace.organisations.services.delegation import name_deputy
from marketplace.organisations.services.people import actor_for, end_role, give_role
from tests.shop import person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)


@pytest.fixture
def ruth(oakfield: Organisation, actor: Actor) -> Actor:
    """Who approves at Oakfield, up to £5,000."""
    return person(oakfield, actor, name="Ruth Head", role=Role.APPROVER, limit=500_000)


@pytest.fixture
def bea(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR)


def give(place: Organisation, by: Actor, **more: Any) -> RoleAssignment:
    given = {"role": Role.BUYER, "email": "jo@oakfield.example", "name": "Jo Pell", "valid_from": TODAY, "on": TODAY}
    if given["role"] == Role.BUYER and "role" not in more:
        given["spending_limit_pence"] = 25_000
    return give_access(organisation=place, actor=by, **given | more).assignment


def held(email: str, on: date = TODAY) -> set[Role]:
    return {grant.role for grant in actor_for(user=User.objects.get(email=email), on=on).grants}


def test_an_approver_adds_a_buyer_who_then_has_a_sign_in_and_the_limit(oakfield: Organisation, ruth: Actor) -> None:
    made = give_access(
        organisation=oakfield, role=Role.BUYER, email=" Jo@Oakfield.example ", name="Jo  Pell", valid_from=TODAY,
        on=TODAY, actor=ruth, spending_limit_pence=25_000,
    )  # fmt: skip
    assert made.new and made.person.name == "Jo Pell" and made.person.email == "jo@oakfield.example"
    user = User.objects.get(email="jo@oakfield.example")
    assert not user.has_usable_password()
    assert actor_for(user=user, on=TODAY).spending_limit(oakfield.pk) == 25_000
    told = Event.objects.filter(subject=str(made.person.pk)).order_by("pk")
    assert [one.kind for one in told] == ["person.added", "role.given"]
    assert told[1].actor_person_id == ruth.person_id
    assert not give_access(
        organisation=oakfield, role=Role.DELEGATE, email="JO@oakfield.example", name="", valid_from=TODAY, on=TODAY,
        actor=ruth,
    ).new  # fmt: skip
    assert held("jo@oakfield.example") == {Role.BUYER, Role.DELEGATE}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"spending_limit_pence": 500_001}, "The limit must be £5,000.00 or less, as your own is"),
        ({"spending_limit_pence": None}, "The limit must be £5,000.00 or less"),
        ({"spending_limit_pence": -1}, "must be £0.00 or more"),
        ({"role": Role.DELEGATE, "spending_limit_pence": 1}, "A delegate orders nothing: leave the limit empty"),
        ({"role": Role.VERIFIER}, "You may not make somebody verifier of Oakfield"),
        ({"role": Role.ORGANISER}, "An organiser is one at the partnership itself"),
        ({"role": Role.COMMISSIONER}, "Nobody is commissioner of Oakfield"),
        ({"valid_from": TODAY - timedelta(days=1)}, "The first day must be today or later"),
        ({"valid_from": TODAY + timedelta(days=367)}, "at most a year ahead"),
        ({"email": "office"}, "Enter an e-mail address, like"),
        ({"name": " "}, "Enter name"),
        ({"email": "ruth.head.{}@example.org"}, "This is your own address"),
    ],
)
def test_what_an_approver_may_not_give_is_refused_and_leaves_nothing(
    oakfield: Organisation, ruth: Actor, more: dict[str, Any], words: str
) -> None:
    before = (Person.objects.count(), RoleAssignment.objects.count(), Event.objects.count())
    if "email" in more:
        more = more | {"email": more["email"].format(oakfield.pk)}
    with pytest.raises(DomainError) as refused:
        give(oakfield, ruth, **more)
    assert words in refused.value.message
    assert (Person.objects.count(), RoleAssignment.objects.count(), Event.objects.count()) == before


def test_nobody_else_gives_anything_and_no_approver_elsewhere(
    oakfield: Organisation, council: Organisation, ruth: Actor, actor: Actor, partnership: Organisation
) -> None:
    buyer = person(oakfield, actor, name="Sam Buyer")
    auditor = person(partnership, actor, name="Ann Auditor", role=Role.AUDITOR)
    manager = person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER)
    for by in (buyer, auditor, manager):
        with pytest.raises(NotAllowed, match="You may not say who may do what"):
            give(oakfield, by)
    with pytest.raises(NotAllowed):
        give(council, ruth, role=Role.DELEGATE)


def test_the_same_role_is_given_once_and_again_after_its_end(oakfield: Organisation, ruth: Actor) -> None:
    one = give(oakfield, ruth)
    with pytest.raises(RoleHeld, match=r"Jo Pell is buyer of Oakfield .*already\.$"):
        give(oakfield, ruth)
    end_access(assignment=one, last_day=TODAY + timedelta(days=9), on=TODAY, actor=ruth)
    assert held("jo@oakfield.example", TODAY + timedelta(days=9)) == {Role.BUYER}
    assert held("jo@oakfield.example", TODAY + timedelta(days=10)) == set()
    with pytest.raises(RoleHeld, match="until 10 September 2026"):
        give(oakfield, ruth, valid_from=TODAY + timedelta(days=9))
    give(oakfield, ruth, valid_from=TODAY + timedelta(days=10))
    assert held("jo@oakfield.example", TODAY + timedelta(days=10)) == {Role.BUYER}


def test_an_address_in_use_is_not_given_to_somebody_of_another_name_nor_betrayed(
    oakfield: Organisation, council: Organisation, ruth: Actor, bea: Actor, actor: Actor
) -> None:
    other = person(council, actor, name="Cleo Council", role=Role.COMMISSIONER)
    email = User.objects.get(pk=other.user_id).email
    with pytest.raises(WrongInput, match="Somebody of another name signs in with this address") as refused:
        give(oakfield, ruth, email=email)
    assert "Cleo" not in refused.value.message
    with pytest.raises(WrongInput, match="Cleo Council signs in with this address"):
        give(oakfield, bea, email=email)
    give(oakfield, ruth, email=email, name="cleo council")
    assert held(email) == {Role.COMMISSIONER, Role.BUYER}


def test_who_is_on_record_without_a_sign_in_gets_one(oakfield: Organisation, ruth: Actor) -> None:
    known = Person.objects.create(name="Gail Governor", email="gail@oakfield.example")
    made = give_access(
        organisation=oakfield, role=Role.DELEGATE, email="gail@oakfield.example", name="Gail Governor",
        valid_from=TODAY, on=TODAY, actor=ruth,
    )  # fmt: skip
    assert made.new and made.person.pk == known.pk
    assert held("gail@oakfield.example") == {Role.DELEGATE}


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (Role.FINANCE_OFFICER, Role.ADMINISTRATOR, "Nobody is administrator and handles money"),
        (Role.ADMINISTRATOR, Role.FINANCE_MANAGER, "Nobody is administrator and handles money"),
        (Role.AUDITOR, Role.ORGANISER, "Nobody audits what they do themselves: auditor and organiser"),
        (Role.FINANCE_MANAGER, Role.AUDITOR, "auditor and finance manager"),
    ],
)
def test_duties_stay_apart_from_the_first_day_on_which_both_would_hold(
    partnership: Organisation, bea: Actor, first: Role, then: Role, words: str
) -> None:
    later = TODAY + timedelta(days=30)
    one = give(partnership, bea, role=first, valid_from=later)
    with pytest.raises(WrongInput, match=words):
        give(partnership, bea, role=then)
    end_access(assignment=one, last_day=TODAY, on=TODAY, actor=bea)
    give(partnership, bea, role=then)


def test_nobody_changes_or_ends_their_own_role(oakfield: Organisation, ruth: Actor, bea: Actor) -> None:
    for who in (ruth, bea):
        own = RoleAssignment.objects.get(person_id=who.person_id)
        with pytest.raises(OwnRole):
            end_access(assignment=own, last_day=TODAY, on=TODAY, actor=who)
    own = RoleAssignment.objects.get(person_id=ruth.person_id)
    with pytest.raises(OwnRole):
        change_limit(assignment=own, spending_limit_pence=None, on=TODAY, actor=ruth)
    assert change_limit(assignment=own, spending_limit_pence=None, on=TODAY, actor=bea).spending_limit_pence is None


def test_another_limit_holds_from_today_and_the_books_know_both(oakfield: Organisation, ruth: Actor) -> None:
    one = give(oakfield, ruth)
    new = change_limit(assignment=one, spending_limit_pence=50_000, on=TODAY + timedelta(days=5), actor=ruth)
    user = User.objects.get(email="jo@oakfield.example")
    limits = [
        actor_for(user=user, on=day).spending_limit(oakfield.pk) for day in (TODAY + timedelta(days=n) for n in (4, 5))
    ]
    assert limits == [25_000, 50_000]
    for pence, words in ((50_000, "the limit already"), (600_000, "or less, as your own is")):
        with pytest.raises(WrongInput, match=words):
            change_limit(assignment=new, spending_limit_pence=pence, on=TODAY + timedelta(days=6), actor=ruth)
    delegate = give(oakfield, ruth, role=Role.DELEGATE)
    with pytest.raises(WrongInput, match="orders nothing and has no limit"):
        change_limit(assignment=delegate, spending_limit_pence=None, on=TODAY, actor=ruth)
    [invariant] = [one for one in registered() if one.name == "roles-as-given"]
    assert check(invariant).violations == []


def test_an_end_lies_neither_in_the_past_nor_twice(oakfield: Organisation, ruth: Actor) -> None:
    one = give(oakfield, ruth)
    with pytest.raises(WrongInput, match="The last day must be today or later"):
        end_access(assignment=one, last_day=TODAY - timedelta(days=2), on=TODAY, actor=ruth)
    end_access(assignment=one, last_day=TODAY - timedelta(days=1), on=TODAY, actor=ruth)
    assert held("jo@oakfield.example") == set()
    with pytest.raises(WrongInput, match="has a last day already"):
        end_access(assignment=one, last_day=TODAY, on=TODAY, actor=ruth)


def test_each_sees_the_people_of_their_own_organisations(
    oakfield: Organisation, council: Organisation, ruth: Actor, bea: Actor, actor: Actor
) -> None:
    jo = give(oakfield, ruth).person
    cleo = person(council, actor, name="Cleo Council", role=Role.COMMISSIONER)
    give(council, cleo, email="jo@oakfield.example", role=Role.DELEGATE)
    assert {one.pk for one in people_for(ruth)} == {ruth.person_id, jo.pk}
    assert {one.role for one in roles_for(ruth).filter(person=jo)} == {"buyer"}
    assert {one.role for one in roles_for(cleo).filter(person=jo)} == {"delegate"}
    assert roles_for(bea).filter(person=jo).count() == 2 and person_for(bea, cleo.person_id or 0)
    with pytest.raises(DomainError):
        person_for(ruth, cleo.person_id or 0)
    assert not people_for(person(oakfield, actor, name="Sam Buyer")).exists()


def test_a_deputy_does_not_keep_the_people(oakfield: Organisation, ruth: Actor, actor: Actor) -> None:
    sam = person(oakfield, actor, name="Sam Buyer")
    name_deputy(
        organisation=oakfield, deputy=Person.objects.get(pk=sam.person_id), first_day=TODAY,
        last_day=TODAY + timedelta(days=9), on=TODAY, actor=ruth,
    )  # fmt: skip
    deputy = actor_for(user=User.objects.get(pk=sam.user_id), on=TODAY)
    assert deputy.has(Role.APPROVER)
    with pytest.raises(NotAllowed):
        give(oakfield, deputy)


def test_only_an_administrator_renames(oakfield: Organisation, ruth: Actor, bea: Actor) -> None:
    jo = give(oakfield, ruth).person
    with pytest.raises(NotAllowed):
        rename_person(person=jo, name="Jo Smith", actor=ruth)
    rename_person(person=jo, name="Jo Smith", actor=bea)
    told = Event.objects.get(kind="person.renamed")
    assert Person.objects.get(pk=jo.pk).name == "Jo Smith" and told.payload == {}


def test_every_role_has_a_place_and_keepers_give_what_exists_there() -> None:
    assert {role for roles in ROLES_AT.values() for role in roles} == set(Role)
    for kind, roles in ROLES_AT.items():
        assert roles_to_give(kind, [], administrator=True) == list(roles)
        assert roles_to_give(kind, [Role.BUYER, Role.DELEGATE], administrator=False) == []
    everything = {role for roles in GIVEN_BY.values() for role in roles}
    assert not everything & {Role.ADMINISTRATOR, Role.AUDITOR, Role.FINANCE_MANAGER, Role.PANEL, Role.VERIFIER}


def test_the_services_underneath_stay_as_they_were(oakfield: Organisation, ruth: Actor, actor: Actor) -> None:
    """The platform's own set-up gives roles from past days, which people may not."""
    jo = give(oakfield, ruth).person
    early = give_role(person=jo, role=Role.HUB_LEAD, organisation=oakfield, valid_from=date(2020, 1, 1), actor=actor)
    assert end_role(person=jo, role=Role.HUB_LEAD, organisation=oakfield, on=TODAY, actor=actor).pk == early.pk


def test_an_address_added_at_this_very_moment_is_refused_and_leaves_nothing(
    oakfield: Organisation, ruth: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(**_: Any) -> Person:
        raise IntegrityError("user_email_without_case")

    monkeypatch.setattr(access, "add_person", taken)
    before = RoleAssignment.objects.count()
    with pytest.raises(RoleHeld, match="was added at this moment"):
        give(oakfield, ruth)
    assert RoleAssignment.objects.count() == before
