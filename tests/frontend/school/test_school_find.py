"""Find: list prices for anybody, one's own price for a buyer, facets, suggestions, and a constant cost."""

from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer
from catalogue.services import refresh_search_words
from tests.frontend.school.visits import text_of
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_the_list_price_and_not_that_of_members(course: Offer) -> None:
    page = text_of(Client().get("/find"))
    assert "Safeguarding for new leaders" in page and "List price: £180.00 for one" in page
    assert "£140.00" not in page and "Sign in to see your price" in page
    assert "Next: 24 Mar 2027, Tidewell, 20 places left" in page


def test_a_member_sees_their_own_price(as_sam: Client, base: str, course: Offer) -> None:
    page = text_of(as_sam.get(f"{base}/find"))
    assert "Your price: £140.00 for one" in page and "£180.00" not in page
    assert "Buying for Oakfield Primary School" in page


def test_whoever_buys_for_one_school_is_sent_to_their_own_prices(as_sam: Client, base: str, course: Offer) -> None:
    assert as_sam.get("/find?q=leaders").headers["Location"] == f"{base}/find?q=leaders"
    assert as_sam.get("/find/safeguarding").headers["Location"] == f"{base}/find/safeguarding"


def test_a_draft_is_found_by_nobody(shop: Shop, course: Offer) -> None:
    shop.offer("secret", title="Secret", published=False)
    assert "Secret" not in text_of(Client().get("/find"))
    assert Client().get("/find/secret").status_code == 404


def test_a_misspelt_word_leads_to_the_known_one_with_its_count(course: Offer) -> None:
    refresh_search_words()
    page = text_of(Client().get("/find?q=safegarding"))
    assert "No courses or services match “safegarding”. Did you mean safeguarding ? 1 result" in page


def test_what_matches_nothing_says_so_and_how_to_go_on(course: Offer) -> None:
    page = text_of(Client().get("/find?q=zeppelin"))
    assert "No courses or services match what you chose" in page and "Show all courses and services" in page


def test_without_any_offer_the_page_says_what_would_stand_here(partnership: Any) -> None:
    assert "No courses or services are published yet" in text_of(Client().get("/find"))


def test_a_facet_shows_counts_and_what_is_chosen_can_be_removed(shop: Shop, course: Offer) -> None:
    shop.offer("hr", title="HR advice", prices={0: {"flat": "100"}})
    page = Client().get("/find?kind=course").content.decode()
    assert "HR advice" not in page and "Safeguarding for new leaders" in page
    assert "Kind: Course" in text_of(Client().get("/find?kind=course"))
    assert 'aria-current="true">Course</a> <span>(1)</span>' in page
    assert "<span>(1)</span>" in page.split("Service</a>")[1][:30]


def test_a_wrong_date_is_said_beside_its_field_and_the_search_still_works(course: Offer) -> None:
    page = text_of(Client().get("/find?from_date=31/2/27"))
    assert "From this date must be a real date, like 1/9/26" in page and "Safeguarding for new leaders" in page


@pytest.mark.parametrize("facet", ["kind", "theme", "phase", "mode", "provider"])
def test_a_null_character_in_a_facet_gives_a_page_to_anybody(
    as_sam: Client, base: str, course: Offer, facet: str
) -> None:
    for given in (f"{facet}=%00", f"{facet}=co%00urse&q=a%00b"):
        assert Client().get(f"/find?{given}").status_code == 200
        assert as_sam.get(f"{base}/find?{given}").status_code == 200
        assert as_sam.get(f"/find?{given}", follow=True).status_code == 200


@pytest.mark.parametrize(
    "given", ["page=99", "page=-1", "page=x", "sort=price", "kind=nothing", "q=%00", "q=" + "x" * 900]
)
def test_any_query_string_gives_a_page(course: Offer, given: str) -> None:
    assert Client().get(f"/find?{given}").status_code == 200


def test_a_price_that_depends_on_staff_says_so(as_sam: Client, base: str, shop: Shop) -> None:
    shop.offer("hr", title="HR advice", prices={0: {"rate": "9.50", "per": "staff"}})
    assert "Depends on the number of staff" in text_of(as_sam.get(f"{base}/find"))


def test_anonymous_is_asked_to_sign_in_and_an_outsider_told_nothing(
    as_outsider: Client, base: str, course: Offer
) -> None:
    answer = Client().get(f"{base}/find")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
    assert as_outsider.get(f"{base}/find").status_code == 404


def test_the_page_costs_the_same_queries_for_5_and_for_25_offers(
    as_sam: Client, base: str, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    def cost() -> int:
        with django_assert_max_num_queries(60) as seen:
            assert as_sam.get(f"{base}/find").status_code == 200
        return len(seen)

    for index in range(5):
        shop.run(shop.course(f"course-{index}", title=f"Course {index}"))
    few = cost()
    for index in range(5, 25):
        shop.run(shop.course(f"course-{index}", title=f"Course {index}"))
    assert cost() == few
