"""The pages about e-mails: one's own choice, the link that stops, shared addresses, and what the staff see."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.notices.topics import DECISIONS, INVOICES, ORDERS, SEALS
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.messaging.models import Message, NotificationAddress, Preference
from marketplace.messaging.services import To, send, stop_token
from marketplace.organisations.models import Organisation
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-09-01 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def sam(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor)


@pytest.fixture
def ruth(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)


@pytest.fixture
def bea(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Bea Castellan", role=Role.ADMINISTRATOR)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Priya Nair", role=Role.FINANCE_OFFICER)


def told(to: To, topic: str = SEALS, key: str = "1") -> Message:
    """A message about a seal, or with those words about another topic."""
    from datetime import date

    context = {"day": date(2026, 8, 31), "number": key, "hash": "ab" * 32}
    send(key=f"test:{key}", topic=topic, to=to, template="mail/seal.jinja", context=context)
    return Message.objects.get(key=f"test:{key}:{to.name}")


def office(oakfield: Organisation) -> To:
    return To("office@oakfield.example", organisation_id=oakfield.pk, purpose="invoices")


def test_a_person_chooses_when_to_be_told_and_sees_what_is_always_sent(sam: Actor, ruth: Actor) -> None:
    client = signed_in(sam)
    words = text_of(client.get("/account/messages"))
    assert "What waits for you" in words and "Orders" in words and "Keys for programs" in words
    assert "asked to approve" not in words and "asked to approve" in text_of(signed_in(ruth).get("/account/messages"))
    checked = re.findall(r"<input[^>]* checked[^>]*>", client.get("/account/messages").content.decode())
    given = {re.search(r'name="([^"]+)"', one)[1]: re.search(r'value="([^"]+)"', one)[1] for one in checked}  # type: ignore[index]
    assert given["bookings"] == given["decisions"] == "at_once"
    given |= {"waits": "never", "orders": "digest"}
    assert "Your choice of e-mails is saved." in text_of(client.post("/account/messages", given, follow=True))
    assert dict(Preference.objects.values_list("topic", "choice")) == {"waits": "never", "orders": "digest"}
    page = client.get("/account/messages").content.decode()
    assert page.count(" checked") == len(given)


def test_a_choice_that_is_missing_or_made_up_saves_nothing(sam: Actor) -> None:
    client = signed_in(sam)
    for given in (
        {"waits": "never"},
        {"waits": "x", "orders": "x", "bookings": "x", "invoices": "x", "decisions": "x"},
    ):
        answer = client.post("/account/messages", given)
        assert answer.status_code == 400 and "There is a problem" in text_of(answer)
    assert not Preference.objects.exists()


def test_looking_at_the_link_stops_nothing_and_pressing_it_does_without_a_sign_in(sam: Actor) -> None:
    path = f"/messages/stop/{stop_token(person_id=sam.person_id or 0, topic=ORDERS)}"
    client = Client(enforce_csrf_checks=True)
    words = text_of(client.get(path))
    assert "Stop e-mails about orders" in words and "Sam" not in words and "Oakfield" not in words
    assert not Preference.objects.exists()
    one_click = {"List-Unsubscribe": "One-Click"}
    assert "E-mails about orders are stopped" in text_of(client.post(path, one_click))
    assert Preference.objects.get().choice == "never"
    assert client.post(path, one_click).status_code == 200, "again is no error"
    assert client.post(path[:-2] + "xx").status_code == 404


def test_an_approver_sets_the_shared_addresses_and_the_school_page_shows_them(
    ruth: Actor, oakfield: Organisation
) -> None:
    client, base = signed_in(ruth), f"/customer/{oakfield.number}/about"
    given = {"invoices": "finance@oakfield.example", "orders": "", "all": "office@oakfield.example"}
    words = text_of(client.post(f"{base}/messages", given, follow=True))
    assert "are saved." in words and "finance@oakfield.example" in words and "office@oakfield.example" in words
    assert NotificationAddress.objects.count() == 2
    answer = client.post(f"{base}/messages", given | {"invoices": "office"})
    assert answer.status_code == 400 and "must be like office@school.example" in text_of(answer)
    assert Event.objects.filter(kind="organisation.address_changed").count() == 2


def test_a_buyer_reads_them_and_an_outsider_is_told_nothing(
    sam: Actor, oakfield: Organisation, council: Organisation, actor: Actor
) -> None:
    path = f"/customer/{oakfield.number}/about/messages"
    answer = signed_in(sam).get(path)
    assert "An approver of Oakfield Primary School may change them." in text_of(answer)
    assert '<form method="post" novalidate' not in answer.content.decode()
    assert signed_in(sam).post(path, {"all": "sam@oakfield.example"}).status_code == 403
    assert signed_in(person(council, actor, name="Olive Outsider")).get(path).status_code == 404
    assert not NotificationAddress.objects.exists()


def test_the_administrator_sees_that_a_message_about_money_failed_but_not_its_text(
    bea: Actor, oakfield: Organisation
) -> None:
    made = told(office(oakfield), INVOICES)
    Message.objects.update(state="refused", last_error="550 no such mailbox", attempts=1)
    client = signed_in(bea)
    assert "Mend 1 e-mail that did not arrive" in text_of(client.get("/"))
    words = text_of(client.get("/office/messages?show=not_sent"))
    assert "Invoices and credit notes" in words and "office@oakfield.example" in words and "Keep: seal" not in words
    words = text_of(client.get(f"/office/messages/{made.number}"))
    assert "550 no such mailbox" in words and "The text is not shown to you" in words and "abab" not in words


def test_finance_reads_what_is_about_money_and_nothing_else(priya: Actor, oakfield: Organisation) -> None:
    about_money = told(office(oakfield), INVOICES)
    seal = told(office(oakfield), SEALS, "2")
    client = signed_in(priya)
    words = text_of(client.get(f"/office/messages/{about_money.number}"))
    assert "Keep: seal 1" in words and "abab" in words
    assert client.get(f"/office/messages/{seal.number}").status_code == 404
    assert "1 message" in text_of(client.get("/office/messages"))


def test_what_was_refused_is_sent_again_from_its_page(priya: Actor, oakfield: Organisation) -> None:
    made = told(office(oakfield), INVOICES)
    NotificationAddress.objects.create(organisation=oakfield, purpose="invoices", email="office@oakfield.example")
    client = signed_in(priya)
    path = f"/office/messages/{made.number}"
    answer = client.post(f"{path}/again")
    assert answer.status_code == 409 and "there is nothing to send again" in text_of(answer)
    Message.objects.update(state="refused", last_error="550", attempts=1)
    assert "Mend 1 e-mail" in text_of(client.get("/"))
    assert "within a minute" in text_of(client.post(f"{path}/again", follow=True))
    made.refresh_from_db()
    assert (made.state, made.attempts, made.last_error) == ("waiting", 0, "")
    assert "did not arrive" not in text_of(client.get("/"))


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.PROVIDER])
def test_nobody_else_is_told_that_the_pages_exist(
    partnership: Organisation, oakfield: Organisation, actor: Actor, sam: Actor, role: Role
) -> None:
    made = told(office(oakfield), DECISIONS)
    for who in (person(partnership, actor, name="Hana Else", role=role), sam):
        client = signed_in(who)
        for path in ("/office/messages", f"/office/messages/{made.number}"):
            assert client.get(path).status_code == 404
        assert client.post(f"/office/messages/{made.number}/again").status_code == 404


def test_the_auditor_reads_and_may_not_send(partnership: Organisation, oakfield: Organisation, actor: Actor) -> None:
    client = signed_in(person(partnership, actor, name="Edith Marlow", role=Role.AUDITOR))
    made = told(office(oakfield), INVOICES)
    Message.objects.update(state="refused")
    answer = client.get(f"/office/messages/{made.number}")
    assert answer.status_code == 200 and "Send again" not in text_of(answer)
    assert client.post(f"/office/messages/{made.number}/again").status_code == 403


def test_a_text_for_one_use_is_not_on_the_page(bea: Actor, oakfield: Organisation, priya: Actor) -> None:
    send(
        key="t", topic=INVOICES, to=office(oakfield), template="mail/key_made.jinja",
        context={"token": _Token(), "link": "fill"}, fills={"decide": {"kind": "approval-link", "of": "ORD-1"}},
    )  # fmt: skip
    made = Message.objects.get()
    Message.objects.update(plain=f"Decide:\nfill-{made.number}-decide\n")
    words = text_of(signed_in(priya).get(f"/office/messages/{made.number}"))
    assert "[a link for one use, made when the message is sent]" in words and "fill-" not in words


class _Token:
    name, prefix, scopes = "Till", "tsp_12345678", ["orders:read"]

    @property
    def expires_on(self) -> Any:
        from datetime import date

        return date(2027, 3, 1)


def test_the_list_takes_the_same_number_of_queries_however_long(bea: Actor, oakfield: Organisation) -> None:
    client = signed_in(bea)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/office/messages")
        return len(seen)

    told(office(oakfield))
    queries()
    few = queries()
    for number in range(2, 12):
        told(office(oakfield), key=str(number))
    assert queries() == few
