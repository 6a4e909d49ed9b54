"""Compare: up to four offers side by side, at list prices for anybody and at their own for a buyer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer
from catalogue.services import MeetingTimes, record_bought_together, record_rating
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.services import subscribe
from tests.frontend.school.conftest import ON
from tests.frontend.school.visits import text_of
from tests.shop import LONDON, Shop
from tests.subscriptions.plans.levels import buyer, off, published_level

pytestmark = pytest.mark.django_db


def test_a_visitor_compares_at_list_prices_with_dates_places_and_what_cancelling_costs(
    shop: Shop, course: Offer
) -> None:
    shop.offer("hr", title="HR advice", prices={0: {"flat": "100"}}, term_months=12)
    page = text_of(Client().get("/find/compare?offer=safeguarding&offer=hr"))
    assert "Safeguarding for new leaders" in page and "HR advice" in page
    assert "£180.00 for one" in page and "£140.00" not in page and "Sign in to see your price" in page
    assert "24 Mar 2027, Tidewell, 20 places left" in page and "Service, for 12 months" in page
    assert "CFR E09, academies BAE090" in page and "Not rated yet" in page and "Free until" in page


def test_a_member_compares_at_their_own_price_with_its_steps(as_sam: Client, base: str, course: Offer) -> None:
    assert (
        as_sam.get("/find/compare?offer=safeguarding").headers["Location"] == f"{base}/find/compare?offer=safeguarding"
    )
    page = text_of(as_sam.get(f"{base}/find/compare?offer=safeguarding"))
    assert "£140.00 for one" in page and "VAT exempt" in page and "Prices are for one, for Oakfield" in page


def test_an_amount_below_nought_stays_whole_and_several_meetings_are_counted(
    as_sam: Client, base: str, school: Organisation, actor: Actor, shop: Shop
) -> None:
    """A subscription takes £14.00 off the theme: its minus never stands on the line before."""
    first = datetime(2027, 3, 24, 9, 30, tzinfo=LONDON)
    meetings = [MeetingTimes(day, day + timedelta(hours=6)) for day in (first, first + timedelta(days=21))]
    shop.run(shop.course("leading", title="Leading", themes=["Leadership"]), code="leading-1", meetings=meetings)
    gold = published_level(actor, "gold", "2000", [off("Leadership", "10")])
    subscribe(organisation=school, version=gold, starts=ON, on=ON, actor=buyer(school))
    page = as_sam.get(f"{base}/find/compare?offer=leading")
    assert ': <span class="app-nowrap">−£14.00</span></li>' in page.content.decode()
    assert "2 meetings from 24 Mar 2027, Tidewell, 20 places left" in text_of(page)


def test_one_is_removed_by_a_link_and_another_added_through_the_results(shop: Shop, course: Offer) -> None:
    shop.offer("hr", title="HR advice", prices={0: {"flat": "100"}})
    page = Client().get("/find/compare?offer=safeguarding&offer=hr").content.decode()
    assert 'href="?offer=hr">Remove Safeguarding for new leaders' in page
    assert 'href="/find?compare=safeguarding&amp;compare=hr">Add another' in page
    results = Client().get("/find?compare=hr&q=safeguarding").content.decode()
    assert '<input type="hidden" name="offer" value="hr">' in results  # not on this page of results, and still chosen
    assert 'value="safeguarding" id="compare-safeguarding" form="compare">' in results


def test_more_than_four_and_what_is_not_offered_any_more_are_said(shop: Shop, course: Offer) -> None:
    for code in ("a", "b", "c"):
        shop.offer(code, title=f"Offer {code}", prices={0: {"flat": "1"}})
    asked = "&".join(f"offer={code}" for code in ("a", "b", "gone", "c", "safeguarding"))
    page = text_of(Client().get(f"/find/compare?{asked}"))
    assert "You can compare 4 at a time. 1 other was left out." in page
    assert "1 offer is not offered any more" in page and "Safeguarding" not in page


@pytest.mark.parametrize("given", ["", "offer=", "offer=%00", "offer=" + "x" * 500, "offer=a&offer=a"])
def test_nothing_to_compare_says_how_to_choose(partnership: Any, given: str) -> None:
    answer = Client().get(f"/find/compare?{given}")
    assert answer.status_code == 200 and "Nothing is chosen to compare" in text_of(answer)


def test_an_outsider_is_told_nothing(as_outsider: Client, base: str, course: Offer) -> None:
    assert as_outsider.get(f"{base}/find/compare?offer=safeguarding").status_code == 404


def test_four_offers_cost_the_queries_of_one(
    as_sam: Client, base: str, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    def cost(asked: str) -> int:
        with django_assert_max_num_queries(60) as seen:
            assert as_sam.get(f"{base}/find/compare?{asked}").status_code == 200
        return len(seen)

    for code in ("one", "two", "three", "four"):
        shop.run(shop.course(code, title=code))
    assert cost("offer=one") == cost("offer=one&offer=two&offer=three&offer=four")


def test_the_rating_stands_beside_results_and_on_the_offer_from_five_people_on(course: Offer) -> None:
    for index in range(4):
        record_rating(source_key=f"e:{index}", offer=course, score=5, given_on=ON)
    assert "of 5 (" not in text_of(Client().get("/find"))
    assert "Fewer than 5 ratings" in text_of(Client().get("/find/safeguarding"))
    record_rating(source_key="e:5", offer=course, score=3, given_on=ON)
    assert "4.6 of 5 (5 people)" in text_of(Client().get("/find?sort=rating"))
    assert "4.6 of 5 (5 people)" in text_of(Client().get("/find/safeguarding"))


def test_what_others_bought_as_well_is_recommended_with_its_reason(
    as_sam: Client, base: str, shop: Shop, course: Offer
) -> None:
    other = shop.course("phonics", title="Phonics that works")
    record_bought_together(pairs=[(course.pk, other.pk, 7)])
    page = text_of(as_sam.get(f"{base}/find/safeguarding"))
    assert "Look at next Phonics that works 7 schools that bought this bought it as well" in page
    assert f'href="{base}/find/phonics"' in as_sam.get(f"{base}/find/safeguarding").content.decode()
