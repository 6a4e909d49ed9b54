"""The pages of people, and programs that keep them: adding, ending, limits, and what others are told."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from frontend.notices.topics_of_access import ACCESS
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery, User
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation, RoleAssignment
from marketplace.organisations.services.people import actor_for
from marketplace.organisations.services.registry import add_organisation
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, person

pytestmark = pytest.mark.django_db
JO = {"name": "Jo Pell", "email": "jo@oakfield.example", "role": "buyer", "first_day": "1/9/2026", "limit": "250"}


@pytest.fixture(autouse=True)
def first_of_september() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=True):
        yield


@pytest.fixture
def ruth(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, name="Ruth Head", role=Role.APPROVER, limit=500_000)


@pytest.fixture
def bea(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR)


def letters() -> list[Message]:
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    outbox.deliver(limit=100)
    return list(Message.objects.filter(topic=ACCESS).order_by("pk"))


def add_url(place: Organisation) -> str:
    return f"/people/add?at={place.number}"


def test_a_head_adds_a_colleague_who_sets_a_password_by_the_letter_and_buys(
    oakfield: Organisation, ruth: Actor, actor: Actor
) -> None:
    head = signed_in(ruth)
    other = person(oakfield, actor, name="Other Approver", role=Role.APPROVER)
    assert head.get("/people/add").headers["Location"] == add_url(oakfield)
    done = head.post(add_url(oakfield), JO, follow=True)
    words = text_of(done)
    assert "Jo Pell: buyer of Oakfield" in words and "An e-mail tells them how to set a password." in words
    assert "up to £250.00 for one order" in words and "Given: buyer of Oakfield" in words and "Ruth Head" in words
    [letter] = letters()
    assert letter.to == "jo@oakfield.example" and letter.subject.startswith("From 1 September 2026 you are buyer of")
    assert "/account/password/reset/" in letter.plain and "£250.00" in letter.plain
    Client().post("/account/password/reset/", {"email": "jo@oakfield.example"})
    assert "/account/password/reset/key/" in mail.outbox[-1].body
    jo = actor_for(user=User.objects.get(email="jo@oakfield.example"), on=timezone.localdate())
    assert signed_in(jo).get("/").status_code == 200 and jo.spending_limit(oakfield.pk) == 25_000
    assert signed_in(jo).get("/people").status_code == 404
    head.post(add_url(oakfield), JO | {"name": "Al Second", "email": "al@oakfield.example", "role": "approver"})
    told = letters()[1:]
    assert {one.person_id for one in told} == {
        User.objects.get(email="al@oakfield.example").person.pk, other.person_id
    }  # fmt: skip
    assert any("Al Second is approver of" in one.subject for one in told)


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(oakfield: Organisation, ruth: Actor) -> None:
    head = signed_in(ruth)
    for given, words in (
        ({"limit": "9000"}, "The limit must be £5,000.00 or less, as your own is"),
        ({"limit": ""}, "The limit must be £5,000.00 or less, as your own is"),
        ({"role": "delegate"}, "A delegate orders nothing: leave the limit empty"),
        ({"role": ""}, "Choose what they may do"),
        ({"role": "auditor"}, "Choose what they may do"),
        ({"email": "office"}, "Enter an e-mail address, like name@school.example"),
        ({"first_day": "1/8/2026"}, "The first day must be today or later"),
        ({"name": ""}, "Enter their name"),
    ):
        answer = head.post(add_url(oakfield), JO | given)
        assert answer.status_code == 400 and words in text_of(answer), given
        assert "Jo Pell" in answer.content.decode() or given.get("name") == ""
    assert not User.objects.filter(email="jo@oakfield.example").exists()
    head.post(add_url(oakfield), JO)
    assert "Jo Pell is buyer of" in text_of(head.post(add_url(oakfield), JO))


def test_a_role_is_limited_and_ended_and_its_person_is_told_once_of_each(oakfield: Organisation, ruth: Actor) -> None:
    head = signed_in(ruth)
    head.post(add_url(oakfield), JO)
    one = RoleAssignment.objects.get(person__name="Jo Pell")
    page = f"/people/{one.person_id}"
    assert "Change the limit" in text_of(head.get(page))
    done = head.post(f"{page}/roles/{one.pk}/limit", {"limit": "400"}, follow=True)
    assert "Jo Pell, buyer of Oakfield" in text_of(done) and "up to £400.00 for one order" in text_of(done)
    assert [one.subject[:35] for one in letters()] == ["From 1 September 2026 you are buyer"] * 2
    new = RoleAssignment.objects.get(person__name="Jo Pell", valid_to=None)
    assert "Choose when it ends" in text_of(head.post(f"{page}/roles/{new.pk}/end", {}))
    assert "Enter the last day" in text_of(head.post(f"{page}/roles/{new.pk}/end", {"ends": "later"}))
    done = head.post(f"{page}/roles/{new.pk}/end", {"ends": "later", "last_day": "30/9/2026"}, follow=True)
    assert "Jo Pell is buyer of Oakfield" in text_of(done) and "until 30 September 2026" in text_of(done)
    assert "End" not in [link.strip() for link in text_of(head.get(page)).split("\n")]
    assert letters()[-1].subject.startswith("From 1 October 2026 you are no longer buyer of")
    head.post(f"{page}/roles/add?at={oakfield.number}", {"role": "delegate", "first_day": "1/9/2026"})
    record = RoleAssignment.objects.get(person__name="Jo Pell", role="delegate")
    done = head.post(f"{page}/roles/{record.pk}/end", {"ends": "now"}, follow=True)
    assert "Jo Pell is no longer delegate of Oakfield" in text_of(done)


def test_the_last_approver_is_named_before_they_go_and_nobody_ends_themselves(
    oakfield: Organisation, ruth: Actor, bea: Actor
) -> None:
    own = RoleAssignment.objects.get(person_id=ruth.person_id)
    assert "Nobody else approves at Oakfield" in text_of(
        signed_in(bea).get(f"/people/{ruth.person_id}/roles/{own.pk}/end")
    )
    page = text_of(signed_in(ruth).get(f"/people/{ruth.person_id}"))
    assert "These are your own roles." in page and "Give another role" not in page
    refused = signed_in(ruth).post(f"/people/{ruth.person_id}/roles/{own.pk}/end", {"ends": "now"})
    assert refused.status_code == 400 and "This is your own role." in text_of(refused)


def test_the_administrator_finds_the_organisation_first(oakfield: Organisation, bea: Actor, actor: Actor) -> None:
    for number in range(13):
        add_organisation(
            kind=Organisation.Kind.OTHER, name=f"Customer {number:02}", valid_from=timezone.localdate(), actor=actor
        )
    admin = signed_in(bea)
    assert "At which organisation?" in text_of(admin.get("/people/add"))
    found = text_of(admin.get("/people/add?q=oakfield"))
    assert oakfield.number in found and "Customer 01" not in found
    assert "There are more." in text_of(admin.get("/people/add?q=customer"))
    assert "No organisation fits" in text_of(admin.get("/people/add?q=zeppelin"))
    assert "Find" in text_of(admin.post("/people/add", JO))
    assert "no limit for one order" in text_of(admin.post(add_url(oakfield), JO | {"limit": ""}, follow=True))


def test_the_list_is_narrowed_and_its_past_is_kept(oakfield: Organisation, ruth: Actor, bea: Actor) -> None:
    admin = signed_in(bea)
    admin.post(add_url(oakfield), JO)
    assert "Jo Pell" in text_of(admin.get("/people?q=PELL")) and "Jo Pell" in text_of(admin.get("/people?q=jo@oak"))
    assert "Jo Pell" not in text_of(admin.get("/people?role=approver"))
    both = text_of(admin.get(f"/people?at={oakfield.number.lower()}"))
    assert "Jo Pell" in both and "Ruth Head" in both and "Bea Administrator, " not in both
    one = RoleAssignment.objects.get(person__name="Jo Pell")
    admin.post(f"/people/{one.person_id}/roles/{one.pk}/end", {"ends": "now"}, follow=True)
    assert "Jo Pell" not in text_of(admin.get("/people?q=pell"))
    assert "Jo Pell" in text_of(admin.get("/people?q=pell&show=past"))
    assert "Jo Pell" not in text_of(admin.get(f"/people?at={oakfield.number}&show=all"))  # held it for no day
    assert "Nobody matches what you chose." in text_of(admin.get("/people?q=nobody"))
    renamed = admin.post(f"/people/{one.person_id}/name", {"name": "Jo Smith"}, follow=True)
    assert "The name is Jo Smith from now on." in text_of(renamed) and "Name changed" in text_of(renamed)


def test_programs_keep_people_by_the_same_rules(oakfield: Organisation, ruth: Actor, bea: Actor) -> None:
    program = Program(ruth)
    body = {"organisation": oakfield.number, "role": "buyer", "email": "jo@oakfield.example", "name": "Jo Pell"}
    refused = program.post("/roles", body)
    assert refused.status_code == 400 and "as your own is" in refused.json()["message"]
    made = program.post("/roles", body | {"spending_limit_pence": 25_000})
    assert made.status_code == 201 and made.json()["valid_from"] == "2026-09-01"
    number = made.json()["id"]
    assert program.get("/roles", email="JO@oakfield.example").json()["results"][0]["id"] == number
    again = program.post("/roles", body | {"spending_limit_pence": 1})
    assert again.status_code == 409 and again.json()["code"] == "role_held"
    more = program.send("PATCH", f"/roles/{number}", {"spending_limit_pence": 30_000})
    assert more.status_code == 200 and more.json()["spending_limit_pence"] == 30_000 and more.json()["id"] != number
    ended = program.post(f"/roles/{more.json()['id']}/end", {"last_day": "2026-12-31"})
    assert ended.json()["valid_to"] == "2027-01-01"
    person_id = made.json()["person"]
    held = program.get(f"/people/{person_id}").json()["roles"]
    assert [one["spending_limit_pence"] for one in held] == [30_000]
    assert program.send("PATCH", f"/people/{person_id}", {"name": "Jo Smith"}).status_code == 403
    assert Program(bea).send("PATCH", f"/people/{person_id}", {"name": "Jo Smith"}).json()["name"] == "Jo Smith"


def test_our_school_and_the_account_lead_to_the_people(oakfield: Organisation, ruth: Actor, actor: Actor) -> None:
    head, buyer = signed_in(ruth), signed_in(person(oakfield, actor, name="Sam Buyer"))
    about = f"/customer/{oakfield.number}/about"
    assert f"/people?at={oakfield.number}" in head.get(about).content.decode()
    assert "/people" not in buyer.get(about).content.decode()
    assert "Who may do what where you work" in text_of(head.get("/account/2fa/"))
    assert "Who may do what where you work" not in text_of(buyer.get("/account/2fa/"))
