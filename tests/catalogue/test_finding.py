"""Sorting by rating and by list price; what a person keeps is theirs alone; and what is new of a search."""

from datetime import UTC, date, datetime, timedelta

import pytest

from catalogue.models import CalendarFeed, Favourite, ListPrice, SavedSearch
from catalogue.queries import Filters, search
from catalogue.queries_of_finding import calendar_for, favourites_for, search_for, searches_for
from catalogue.rules.classes import PriceClass
from catalogue.services import record_rating
from catalogue.services.keeping import (
    KeptTooMany,
    add_favourite,
    end_calendar,
    remove_favourite,
    remove_search,
    renew_calendar,
    save_search,
    set_search_email,
)
from catalogue.services.list_prices import forget_list_prices, work_out_list_prices
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from tests.shop import person

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
AT = datetime(2026, 9, 1, 10, tzinfo=UTC)


def sorted_by(sort: str) -> list[str]:
    return [offer.code for offer in search(text="", on=ON, sort=sort).results]


@pytest.fixture
def sam(oakfield, actor) -> Actor:
    return person(oakfield, actor)


@pytest.fixture
def olive(council, actor) -> Actor:
    return person(council, actor, name="Olive Outsider")


def test_the_best_rated_come_first_and_small_numbers_order_nothing(shop):
    for code, scores in {"alone": [5], "good": [4] * 5, "best": [5, 5, 5, 5, 4]}.items():
        offer = shop.course(code, title=code)
        for index, score in enumerate(scores):
            record_rating(source_key=f"{code}:{index}", offer=offer, score=score, given_on=ON)
    shop.course("unrated", title="unrated")
    assert sorted_by("rating") == ["best", "good", "alone", "unrated"]


def test_the_lowest_list_price_comes_first_and_offers_without_a_figure_last(shop):
    shop.course("dear", title="dear", other="180")
    shop.course("cheap", title="cheap", other="60")
    shop.offer("asks", title="asks", prices={PriceClass.ANY: {"rate": "9.50", "per": "staff"}})
    assert work_out_list_prices(on=ON) == 3 and work_out_list_prices(on=ON) == 0
    assert sorted_by("price") == ["cheap", "dear", "asks"]
    assert ListPrice.objects.get(offer__code="dear").pence == 18_000
    assert work_out_list_prices(on=ON + timedelta(days=1), most=2) == 2


def test_a_price_that_changes_is_worked_out_again(shop):
    offer = shop.course("dear")
    work_out_list_prices(on=ON)
    forget_list_prices(offer_ids=[offer.pk])
    assert not ListPrice.objects.exists() and work_out_list_prices(on=ON) == 1


def test_a_favourite_is_marked_once_and_is_its_persons_alone(shop, sam, olive):
    offer = shop.course()
    for _ in range(2):
        add_favourite(offer=offer, at=AT, actor=sam)
    assert [one.offer for one in favourites_for(sam)] == [offer] and not favourites_for(olive).exists()
    remove_favourite(offer=offer, actor=olive)
    assert Favourite.objects.count() == 1
    remove_favourite(offer=offer, actor=sam)
    assert not Favourite.objects.exists()


def test_nobody_who_is_no_person_keeps_anything(shop, actor):
    with pytest.raises(NotAllowed):
        add_favourite(offer=shop.course(), at=AT, actor=actor)


def test_the_same_search_is_kept_once(sam):
    kept = save_search(text=" phonics  books ", filters=Filters(kind="course"), by_email=True, at=AT, actor=sam)
    again = save_search(text="phonics books", filters=Filters(kind="course"), by_email=False, at=AT, actor=sam)
    assert kept == again and SavedSearch.objects.get().by_email is False
    other = save_search(text="phonics books", filters=Filters(), by_email=True, at=AT, actor=sam)
    assert list(searches_for(sam)) == [other, kept]


def test_a_search_for_everything_is_not_kept(sam):
    with pytest.raises(WrongInput, match="Enter a word or choose a filter"):
        save_search(text=" ", filters=Filters(from_date=ON), by_email=True, at=AT, actor=sam)


def test_more_than_fifty_searches_are_refused_and_the_old_ones_stay(sam):
    for number in range(50):
        save_search(text=f"word {number}", filters=Filters(), by_email=True, at=AT, actor=sam)
    with pytest.raises(KeptTooMany):
        save_search(text="one more", filters=Filters(), by_email=True, at=AT, actor=sam)
    assert searches_for(sam).count() == 50


def test_anothers_search_cannot_be_read_changed_or_removed(sam, olive):
    kept = save_search(text="phonics", filters=Filters(), by_email=True, at=AT, actor=sam)
    with pytest.raises(NotFound):
        search_for(olive, kept.pk)
    with pytest.raises(NotFound):
        set_search_email(search=kept, by_email=False, at=AT, actor=olive)
    with pytest.raises(NotFound):
        remove_search(search=kept, actor=olive)
    assert SavedSearch.objects.get().by_email
    remove_search(search=kept, actor=sam)
    assert not SavedSearch.objects.exists()


def test_switched_on_again_a_search_tells_only_what_is_new_from_then_on(sam):
    kept = save_search(text="phonics", filters=Filters(), by_email=False, at=AT, actor=sam)
    later = AT + timedelta(days=30)
    set_search_email(search=kept, by_email=True, at=later, actor=sam)
    assert SavedSearch.objects.get().told_at == later


def test_a_new_address_ends_the_one_before(sam):
    first = renew_calendar(at=AT, actor=sam).key
    second = renew_calendar(at=AT, actor=sam).key
    assert first != second and CalendarFeed.objects.get().key == second
    assert calendar_for(sam) is not None
    end_calendar(actor=sam)
    assert calendar_for(sam) is None
