"""News of kept searches come once a week, tell only what fits and is new, and stop when one likes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from catalogue.models import Offer, SavedSearch
from catalogue.queries import Filters
from catalogue.services.keeping import save_search, set_search_email
from frontend.notices.searches import send_search_news, week_of
from marketplace.core.actors import Actor
from marketplace.messaging.models import Message
from marketplace.messaging.services import stop
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 8, 30, tzinfo=LONDON)


@pytest.fixture
def kept(sam: Actor, partnership: object) -> SavedSearch:
    """Kept before anything is published; events are written by the database's clock, which no test sets."""
    found = save_search(
        text="phonics", filters=Filters(), by_email=True, at=timezone.now() - timedelta(days=5), actor=sam
    )
    SavedSearch.objects.update(told_at=datetime(2020, 1, 1, tzinfo=LONDON))
    return found


def tell() -> list[Message]:
    """A moment after everything that the database wrote, whatever its clock says: a Monday morning."""
    far = datetime(2040, 1, 2, 8, 30, tzinfo=LONDON)  # a Monday; the bank holiday moves it to Tuesday
    send_search_news(moment=far + timedelta(days=1))
    return list(Message.objects.filter(topic="searches").order_by("pk"))


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        (MONDAY, MONDAY.replace(minute=0)),
        (MONDAY.replace(hour=7), None),
        (
            datetime(2026, 9, 6, 12, tzinfo=LONDON),
            datetime(2026, 9, 1, 8, tzinfo=LONDON),
        ),  # after a bank holiday Monday
        (datetime(2026, 8, 31, 12, tzinfo=LONDON), None),
    ],
)
def test_a_week_begins_on_its_first_working_day_at_eight(moment: datetime, begins: datetime | None) -> None:
    assert week_of(moment) == begins


def test_new_offers_and_new_dates_that_fit_are_told_and_others_are_not(
    kept: SavedSearch, shop: Shop, post: Callable[[str], list[Message]]
) -> None:
    phonics = shop.course("phonics", title="Phonics that works")
    shop.course("maths", title="Mathematics")
    [message] = tell()
    assert "1 course or service new in what you look for" in message.subject
    assert "“phonics”" in message.plain and "Phonics that works" in message.plain and "Mathematics" not in message.plain
    assert "/find?q=phonics" not in message.subject and message.person_id == kept.person_id
    assert phonics.state == Offer.State.PUBLISHED


def test_nothing_new_sends_nothing_and_nothing_is_told_twice(kept: SavedSearch, shop: Shop) -> None:
    shop.course("maths", title="Mathematics")
    assert tell() == []
    assert SavedSearch.objects.get().told_at.year == 2040
    SavedSearch.objects.update(told_at=datetime(2020, 1, 1, tzinfo=LONDON))
    shop.course("phonics", title="Phonics that works")
    assert len(tell()) == 1 and len(tell()) == 1


def test_a_new_date_of_an_offer_known_before_is_told_with_its_day(kept: SavedSearch, shop: Shop) -> None:
    offer = shop.course("phonics", title="Phonics that works")
    tell()
    Message.objects.all().delete()
    SavedSearch.objects.update(told_at=timezone.now())
    shop.run(offer, day=date(2040, 6, 5))
    [message] = Message.objects.filter(topic="searches") or tell()
    assert "New date: 5 Jun 2040" in message.plain or "New, by" in message.plain


def test_a_search_without_email_and_a_topic_that_was_stopped_send_nothing(
    kept: SavedSearch, shop: Shop, sam: Actor
) -> None:
    shop.course("phonics", title="Phonics that works")
    set_search_email(search=kept, by_email=False, at=timezone.now(), actor=sam)
    assert tell() == []
    set_search_email(search=kept, by_email=True, at=datetime(2020, 1, 1, tzinfo=LONDON), actor=sam)
    [message] = tell()
    stop(token=message.stop_token)
    Message.objects.all().delete()
    SavedSearch.objects.update(told_at=datetime(2020, 1, 1, tzinfo=LONDON))
    assert tell() == []
