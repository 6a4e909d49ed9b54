"""The daily summary says what the home page says, once a day, on working days from 7am, and never that nothing waits."""

from datetime import date, datetime
from typing import Any

import pytest

from catalogue.models import Offer
from frontend.home import waits_of
from frontend.notices import digest
from frontend.notices.digest import is_due, send_digests, send_due_digests
from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.messaging.models import DigestDay, Message
from marketplace.messaging.services import choose, stop
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from tests.frontend.school.conftest import Buying
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, person

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


def summaries() -> list[Message]:
    return list(Message.objects.filter(topic="waits").order_by("pk"))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 9, 1, 6, 59, tzinfo=LONDON), False),
        (datetime(2026, 9, 1, 7, 0, tzinfo=LONDON), True),
        (datetime(2026, 9, 5, 9, 0, tzinfo=LONDON), False),  # a Saturday
        (datetime(2026, 12, 25, 9, 0, tzinfo=LONDON), False),
        (datetime(2026, 3, 30, 7, 0, tzinfo=LONDON), True),  # the day after the clocks went forward
    ],
)
def test_it_goes_from_seven_in_london_on_working_days(moment: datetime, due: bool) -> None:
    assert is_due(moment) is due


def test_it_says_what_the_home_page_says(buying: Buying, course: Offer, sam: Actor) -> None:
    buying.add(course, 2)
    buying.order()
    buying.bill(date(2026, 9, 1))
    buying.add(course)
    send_digests(on=ON)
    [made] = [one for one in summaries() if one.person_id == sam.person_id]
    assert made.state == "waiting" and made.stop_token
    page = text_of(signed_in(sam).get("/"))
    waits = waits_of(sam, ON)
    assert len(waits) >= 2
    for wait in waits:
        item = digest._item(wait)
        for words in filter(None, (item["text"], item["amount"], item["next"])):
            assert words in page and words in made.plain
    assert made.subject == f"See on 1 September 2026: {len(waits)} things wait"


def test_once_a_day_however_often_it_is_called(buying: Buying, course: Offer, today: Any) -> None:
    buying.add(course)
    for _ in range(3):
        while send_digests(on=ON):
            pass
    assert len(summaries()) == 1
    assert DigestDay.objects.get().finished
    today.move_to(datetime(2026, 9, 2, 8, 0, tzinfo=LONDON))
    assert send_due_digests() > 0 and len(summaries()) == 2


def test_nothing_is_sent_when_nothing_waits(sam: Actor, school: Organisation) -> None:
    assert send_digests(on=ON) > 0
    assert summaries() == []


def test_who_does_not_want_it_or_may_not_sign_in_gets_none(
    buying: Buying, course: Offer, sam: Actor, school: Organisation, actor: Actor
) -> None:
    gone = person(school, actor, name="Gone Buyer")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    buying.add(course)
    buying.add(course, by=gone)
    choose(choices={"waits": "never"}, actor=sam)
    send_digests(on=ON)
    assert summaries() == []


def test_what_was_kept_for_the_summary_is_in_it_once(buying: Buying, course: Offer, sam: Actor, post: Any) -> None:
    choose(choices={"orders": "digest"}, actor=sam)
    buying.add(course)
    buying.order()
    [held] = post("orders")
    assert held.state == "held"
    send_digests(on=ON)
    [made] = summaries()
    held.refresh_from_db()
    assert held.subject in made.plain and (held.state, held.digest_id) == ("digested", made.pk)
    assert "1 thing to know" in made.subject
    send_digests(on=date(2026, 9, 2))
    later = summaries()[1:]
    assert all(held.subject not in one.plain for one in later)


def test_a_run_that_is_ended_goes_on_where_it_stopped(
    school: Organisation, actor: Actor, partnership: Organisation, monkeypatch: Any
) -> None:
    people = [person(school, actor, name=f"Buyer {word}") for word in ("One", "Two", "Three")]
    person(partnership, actor, name="Priya Nair", role=Role.FINANCE_OFFICER)
    monkeypatch.setattr(digest, "CHUNK", 2)
    seen: list[int] = []
    monkeypatch.setattr(digest, "send_digest", lambda *, person, on: seen.append(person.pk))
    assert send_digests(on=ON) == 2
    assert DigestDay.objects.get().last_person_id == people[1].person_id
    while send_digests(on=ON):
        pass
    assert len(seen) == len(set(seen)) == 4


@pytest.fixture
def held(buying: Buying, course: Offer, sam: Actor, post: Any) -> Message:
    """An order's e-mail that Sam wants in the daily summary."""
    choose(choices={"orders": "digest"}, actor=sam)
    buying.add(course)
    buying.order()
    [kept] = post("orders")
    assert kept.state == "held"
    return kept


def test_who_wants_no_list_gets_what_was_kept_and_holds_up_nobody(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, sam: Actor, held: Message
) -> None:
    choose(choices={"waits": "never"}, actor=sam)
    bea = person(school, actor, name="Bea Buyer")
    buying.add(course, by=bea)
    while send_digests(on=ON):
        pass
    assert [one.person_id for one in summaries()] == [bea.person_id]
    held.refresh_from_db()
    made = Message.objects.get(key__startswith=f"digest:{ON}:orders:")
    assert (held.state, held.digest_id, made.state) == ("digested", made.pk, "waiting")
    assert held.subject in made.plain and "you asked to be told once a day" in " ".join(made.plain.split())
    stop(token=made.stop_token)
    Message.objects.filter(pk=held.pk).update(state="held", digest=None)
    send_digests(on=date(2026, 9, 2))
    held.refresh_from_db()
    assert held.state == "dropped", "its link stops it"


def test_a_summary_that_cannot_be_written_holds_up_nobody(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, sam: Actor, monkeypatch: Any, caplog: Any
) -> None:
    bea = person(school, actor, name="Bea Buyer")
    buying.add(course)
    buying.add(course, by=bea)

    def broken(asked: Actor, on: date) -> list[dict[str, Any]]:
        if asked.person_id == sam.person_id:
            raise LookupError("Sam's page is broken")
        return waits_of(asked, on)

    monkeypatch.setattr(digest, "waits_of", broken)
    while send_digests(on=ON):
        pass
    assert [one.person_id for one in summaries()] == [bea.person_id]
    assert DigestDay.objects.get().finished and f"the summary of person {sam.person_id}" in caplog.text


def test_who_holds_no_role_any_more_is_told_nothing(sam: Actor, held: Message) -> None:
    RoleAssignment.objects.filter(person=sam.person_id).update(valid_to=ON)
    assert Person.objects.filter(pk=sam.person_id, user__is_active=True).exists()
    send_digests(on=ON)
    held.refresh_from_db()
    assert (summaries(), held.state) == ([], "dropped")
