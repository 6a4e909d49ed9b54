"""E-mails of a waiting list: to whoever asked, about what is held until when, what ran out, and a list that closed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from catalogue.models import CourseRun, Offer
from catalogue.services import release_places, take_places
from marketplace.core.actors import Actor
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.models import WaitingEntry
from marketplace.trading.services import close_lists, decline_offer, join_waiting, lapse_offers, offer_places

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]


@pytest.fixture
def entry(course: Offer, school: Organisation, sam: Actor) -> WaitingEntry:
    """Oakfield waits for the one place of a full date."""
    run = course.runs.get()
    CourseRun.objects.filter(pk=run.pk).update(capacity=1)
    take_places(source_key="others", run_id=run.pk, places=1)
    return join_waiting(
        run=run, organisation=school, school=school, seats=1, together=True, at=timezone.now(), actor=sam
    )


def offer(entry: WaitingEntry) -> None:
    release_places(source_key="others")
    offer_places(run_id=entry.run_id, on=date(2026, 9, 1))


def test_who_asked_is_told_until_when_the_place_is_held(entry: WaitingEntry, sam: Actor, post: Post) -> None:
    assert post("waiting") == []
    offer(entry)
    [made] = post("waiting")
    assert made.person_id == sam.person_id
    assert made.subject == "1 place on Safeguarding for new leaders held for you until 5pm on 2 September 2026"
    assert f"/waiting/{entry.pk}" in made.plain and "Book or decline by then" in made.plain


def test_what_was_answered_before_the_mail_left_is_not_offered_again(
    entry: WaitingEntry, sam: Actor, post: Post
) -> None:
    offer(entry)
    decline_offer(entry=entry, on=date(2026, 9, 1), actor=sam)
    assert post("waiting") == []


def test_an_offer_that_ran_out_and_a_list_that_closed_are_told(entry: WaitingEntry, post: Post) -> None:
    offer(entry)
    lapse_offers(at=datetime(2026, 9, 2, 16, 0, tzinfo=UTC))
    [made] = post("waiting")
    assert "went to the next in line" in made.subject


def test_a_cancelled_date_tells_who_waits(entry: WaitingEntry, post: Post) -> None:
    CourseRun.objects.filter(pk=entry.run_id).update(state="cancelled", cancelled_on=date(2026, 9, 1))
    close_lists(at=timezone.now())
    [made] = post("waiting")
    assert "the waiting list is closed" in made.subject and "The course was cancelled." in made.plain
