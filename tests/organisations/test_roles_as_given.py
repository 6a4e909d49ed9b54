"""A role that somebody wrote into the table, and did not give, is named; giving and ending leave nothing to name."""

from datetime import date

import pytest

from marketplace.core.actors import Role
from marketplace.organisations.models import RoleAssignment
from marketplace.organisations.services.people import add_person, end_role, give_role
from tests.conftest import START
from tests.invariants import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(partnership, actor) -> RoleAssignment:
    ola = add_person(name="Ola Officer", email="ola@example.org", password=None, actor=actor)
    return give_role(
        person=ola, role=Role.FINANCE_OFFICER, organisation=partnership, valid_from=START, spending_limit_pence=25_000,
        actor=actor,
    )  # fmt: skip


def named() -> list[str]:
    return answer()["roles-as-given"]["violations"]


def test_what_is_given_and_ended_holds(given, partnership, actor):
    assert named() == []
    end_role(
        person=given.person, role=Role.FINANCE_OFFICER, organisation=partnership, on=date(2026, 9, 30), actor=actor
    )
    assert named() == []
    give_role(
        person=given.person,
        role=Role.FINANCE_OFFICER,
        organisation=partnership,
        valid_from=date(2026, 11, 1),
        actor=actor,
    )
    assert named() == []


@pytest.mark.parametrize(
    "change",
    [
        {"role": "finance_manager"}, {"spending_limit_pence": None}, {"spending_limit_pence": 9_900_000},
        {"valid_from": date(2019, 1, 1)}, {"valid_to": date(2026, 9, 30)},
    ],
)  # fmt: skip
def test_what_was_written_past_the_service_is_named(given, change):
    RoleAssignment.objects.filter(pk=given.pk).update(**change)
    assert len(named()) == 1


def test_a_role_of_somebody_else_or_elsewhere_is_named(given, oakfield, actor):
    eva = add_person(name="Eva Else", email="eva@example.org", password=None, actor=actor)
    RoleAssignment.objects.create(person=eva, role=given.role, organisation=given.organisation, valid_from=START)
    RoleAssignment.objects.create(person=given.person, role=given.role, organisation=oakfield, valid_from=START)
    assert len(named()) == 2
