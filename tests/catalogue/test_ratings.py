"""Ratings are added up once each, and never told of few people; what is bought together is told of five schools or more."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import BoughtTogether, OfferRating, Rating
from catalogue.queries_of_finding import rating_of, ratings_of, recommended
from catalogue.services import record_bought_together, record_rating
from catalogue.services.ratings import DifferentRating, claim_statistic
from marketplace.core.errors import WrongInput

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


def rate(offer, *scores, since=0):
    for index, score in enumerate(scores, start=since):
        record_rating(source_key=f"evaluation:{offer.code}:{index}", offer=offer, score=score, given_on=ON)


def test_an_offer_rated_by_five_people_says_its_mean(shop):
    offer = shop.course()
    rate(offer, 5, 5, 4, 4, 5)
    found = rating_of(offer)
    assert (found.people, found.mean) == (5, "4.6")
    assert found.words == "4.6 of 5 (5 people)"


@pytest.mark.parametrize(
    ("scores", "words"), [((), "Not rated yet"), ((5,), "Fewer than 5 ratings"), ((1,) * 4, "Fewer than 5 ratings")]
)
def test_fewer_than_five_people_are_not_told_as_a_figure(shop, scores, words):
    offer = shop.course()
    rate(offer, *scores)
    found = rating_of(offer)
    assert found.words == words and found.mean == "" and found.people == 0


def test_the_mean_is_rounded_half_up_to_one_decimal(shop):
    offer = shop.course()
    rate(offer, *[5] * 13, *[4] * 7)  # 93 of 20 is 4.65
    assert rating_of(offer).mean == "4.7"


def test_the_same_evaluation_counts_once_and_never_changes(shop):
    offer = shop.course()
    rate(offer, 5)
    rate(offer, 5)
    assert OfferRating.objects.get().people == 1
    with pytest.raises(DifferentRating):
        rate(offer, 4)
    assert OfferRating.objects.get().points == 5 and Rating.objects.count() == 1


@pytest.mark.parametrize("score", [0, 6, -1, True, 4.5])
def test_a_score_beside_the_scale_is_refused(shop, score):
    offer = shop.course()
    with pytest.raises(WrongInput):
        rate(offer, score)
    assert not Rating.objects.exists() and not OfferRating.objects.exists()


def test_the_database_itself_keeps_the_sum_within_the_scale(shop):
    offer = shop.course()
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferRating.objects.create(offer=offer, people=2, points=11)


def test_the_ratings_of_a_page_are_read_at_once(shop, django_assert_num_queries):
    offers = [shop.course(f"course-{index}") for index in range(4)]
    rate(offers[0], 5, 5, 5, 5, 5)
    rate(offers[1], 1)
    with django_assert_num_queries(1):
        found = ratings_of(offers)
    assert [found[offer.pk].words for offer in offers] == [
        "5.0 of 5 (5 people)", "Fewer than 5 ratings", "Not rated yet", "Not rated yet",
    ]  # fmt: skip


def test_what_five_schools_bought_together_is_recommended_and_four_are_nobodys_business(shop):
    one, two, three = (shop.course(code, title=code) for code in ("one", "two", "three"))
    kept = record_bought_together(pairs=[(one.pk, two.pk, 5), (one.pk, three.pk, 4), (one.pk, one.pk, 9)])
    assert kept == 1
    found = recommended(one, on=ON)
    assert [offer.code for offer in found.offers] == ["two"] and "5 schools" in found.reasons[two.pk]
    record_bought_together(pairs=[])
    assert not BoughtTogether.objects.exists()


def test_without_shared_buyers_the_same_theme_is_recommended_with_that_reason(shop):
    one = shop.course("one", themes=["Reading"])
    shop.course("two", themes=["Reading", "SEND"])
    shop.course("three", themes=["Finance"])
    found = recommended(one, on=ON)
    assert [offer.code for offer in found.offers] == ["two"]
    assert found.reasons[found.offers[0].pk] == "Also about reading"


def test_an_offer_that_was_withdrawn_is_not_recommended(shop):
    one = shop.course("one")
    gone = shop.offer("gone", published=False)
    record_bought_together(pairs=[(one.pk, gone.pk, 50)])
    assert recommended(one, on=ON).offers == []


def test_a_statistic_is_worked_out_once_a_day(db):
    assert claim_statistic(name="bought-together", on=ON)
    assert not claim_statistic(name="bought-together", on=ON)
    assert claim_statistic(name="bought-together", on=date(2026, 9, 2))
    assert not claim_statistic(name="bought-together", on=ON)
