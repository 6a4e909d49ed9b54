"""An offer knows when its last open date of each mode begins, whatever happens to its dates."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import CourseRun, Offer
from catalogue.queries import search
from catalogue.services import take_places
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db
Mode = CourseRun.Mode


def known(offer: Offer) -> dict[str, str]:
    """The days that the offer keeps, by mode; modes without one are left out."""
    offer.refresh_from_db()
    kept: dict[str, datetime | None] = {str(mode): getattr(offer, f"last_{mode}") for mode in Mode.values}
    return {mode: f"{moment.astimezone(LONDON):%Y-%m-%d}" for mode, moment in kept.items() if moment}


@pytest.fixture
def course(shop: Shop) -> Offer:
    return shop.course()


def test_the_last_date_of_each_mode_counts(shop: Shop, course: Offer) -> None:
    assert known(course) == {}
    shop.run(course, day=date(2027, 3, 24))
    shop.run(course, day=date(2027, 1, 20))
    assert known(course) == {"face_to_face": "2027-03-24"}
    shop.run(course, day=date(2027, 5, 11), mode=Mode.ONLINE)
    assert known(course) == {"face_to_face": "2027-03-24", "online": "2027-05-11"}


def test_a_date_that_is_cancelled_moved_or_gone_counts_no_more(shop: Shop, course: Offer) -> None:
    early, late = shop.run(course, day=date(2027, 1, 20)), shop.run(course, day=date(2027, 3, 24))
    CourseRun.objects.filter(pk=late.pk).update(state=CourseRun.State.CANCELLED)
    assert known(course) == {"face_to_face": "2027-01-20"}
    CourseRun.objects.filter(pk=early.pk).update(mode=Mode.HYBRID)
    assert known(course) == {"hybrid": "2027-01-20"}
    week = timedelta(days=7)
    CourseRun.objects.filter(pk=early.pk).update(starts_at=early.starts_at + week, ends_at=early.ends_at + week)
    assert known(course) == {"hybrid": "2027-01-27"}
    CourseRun.objects.all().delete()
    assert known(course) == {}


def test_a_date_that_changes_its_offer_leaves_the_one_and_joins_the_other(shop: Shop, course: Offer) -> None:
    other = shop.course("phonics")
    run = shop.run(course, day=date(2027, 3, 24))
    CourseRun.objects.filter(pk=run.pk).update(offer=other)
    assert known(course) == {}
    assert known(other) == {"face_to_face": "2027-03-24"}


def test_taking_places_does_not_touch_the_offer(shop: Shop, course: Offer) -> None:
    run = shop.run(course)
    before = _version(course)
    take_places(source_key="order-line:1", run_id=run.pk, places=2)
    assert _version(course) == before


def _version(offer: Offer) -> Any:
    """Which transaction wrote the row, and where it lies: it changes with any update."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid FROM catalogue_offer WHERE id = %s", [offer.pk])
        return cursor.fetchone()


def test_titles_that_say_a_word_come_before_all_others(shop: Shop) -> None:
    shop.course("a", title="Budgets", summary="phonics phonics phonics", description="phonics " * 50)
    shop.course("b", title="Phonics that works")
    shop.course("c", title="Reading aloud", summary="with phonics and joy")
    found = [offer.code for offer in search(text="phonics", on=date(2026, 9, 1)).results]
    assert found[0] == "b" and set(found) == {"a", "b", "c"}
    both = [offer.code for offer in search(text="joy phonics", on=date(2026, 9, 1)).results]
    assert both == ["c"]


def test_pages_follow_each_other_across_titles_and_the_rest(shop: Shop) -> None:
    for number in range(20):
        shop.course(f"titled-{number:02d}", title=f"Phonics {number:02d}")
        shop.course(f"told-{number:02d}", title=f"Reading {number:02d}", summary="by phonics")
    pages = [search(text="phonics", on=date(2026, 9, 1), page=number) for number in (1, 2)]
    codes = [offer.code for page in pages for offer in page.results]
    assert len(pages[0].results) == 25 and len(set(codes)) == len(codes) == pages[0].total == 40
    assert {code.partition("-")[0] for code in codes[:20]} == {"titled"}
    assert {code.partition("-")[0] for code in codes[20:]} == {"told"}


def test_a_search_by_words_leaves_the_planner_as_it_was(shop: Shop, course: Offer) -> None:
    with CaptureQueriesContext(connection) as caught:
        search(text="safeguarding", on=date(2026, 9, 1))
    assert any("enable_seqscan = off" in query["sql"] for query in caught.captured_queries)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
