"""From an empty database to somebody who may sign in: the commands by which the first organisation and its people come."""

from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from marketplace.core.actors import Role
from marketplace.core.models import Event, User
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import actor_for

pytestmark = pytest.mark.django_db


def told(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def ours() -> str:
    return told("add_organisation", "partnership", "Our Partnership", "--town", "Tidewell").split()[0]


def held(email: str, on: date) -> set[Role]:
    return {grant.role for grant in actor_for(user=User.objects.get(email=email), on=on).grants}


def test_the_first_person_gets_a_role_and_sets_a_password(ours: str, client: Client) -> None:
    said = told(
        "give_role",
        "marek@ours.example",
        "finance_manager",
        "--at",
        ours,
        "--name",
        "Marek Manager",
        "--on",
        "2026-09-01",
    )
    assert said.endswith("Marek Manager is finance manager of Our Partnership from 2026-09-01.")
    assert held("marek@ours.example", date(2026, 8, 31)) == set()
    assert held("marek@ours.example", date(2026, 9, 1)) == {Role.FINANCE_MANAGER}
    client.post("/account/password/reset/", {"email": "marek@ours.example"})
    [sent] = mail.outbox
    assert sent.to == ["marek@ours.example"] and "/account/password/reset/key/" in sent.body


def test_a_role_ends_on_its_day_and_is_told(ours: str) -> None:
    told("give_role", "a@ours.example", "organiser", "--at", ours, "--name", "Ann", "--on", "2026-09-01")
    told("give_role", "A@ours.example", "organiser", "--at", ours, "--on", "2026-10-01")  # held already: unchanged
    told("give_role", "a@ours.example", "organiser", "--at", ours, "--end", "--on", "2026-12-01")
    assert held("a@ours.example", date(2026, 11, 30)) == {Role.ORGANISER}
    assert held("a@ours.example", date(2026, 12, 1)) == set()
    assert list(Event.objects.filter(subject_kind="person").order_by("pk").values_list("kind", flat=True)) == [
        "person.added", "role.given", "role.ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new@ours.example", "auditor"), "Give their --name"),
        (("a@ours.example", "finance_officer"), "Nobody is administrator and handles money"),
        (("a@ours.example", "auditor", "--end"), "is no auditor of Our Partnership"),
        (("a@ours.example", "administrator", "--end", "--on", "2026-08-31"), "begins on 2026-09-01"),
        (("nobody@ours.example", "auditor", "--end"), "Nobody signs in as"),
        (("a@ours.example", "buyer", "--limit", "ten"), "Limit must be pounds and pence"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(ours: str, arguments: tuple[str, ...], words: str) -> None:
    told("give_role", "a@ours.example", "administrator", "--at", ours, "--name", "Ann", "--on", "2026-09-01")
    with pytest.raises(CommandError, match=words):
        told("give_role", *arguments, "--at", ours)
    with pytest.raises(CommandError, match="There is no organisation C-999999"):
        told("give_role", *arguments[:2], "--at", "C-999999")


def test_there_is_one_partnership_and_staff_work_there(ours: str) -> None:
    with pytest.raises(CommandError, match="one alone"):
        told("add_organisation", "partnership", "Another")
    assert Organisation.objects.filter(kind="partnership").count() == 1
    supplier = told("add_organisation", "other", "Coastal Print").split()[0]
    with pytest.raises(CommandError, match="at the partnership itself"):
        told("give_role", "x@print.example", "auditor", "--at", supplier, "--name", "Xenia")
