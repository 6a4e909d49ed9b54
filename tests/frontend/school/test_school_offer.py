"""The offer page: the price with its steps, its VAT, the places left, what cancelling costs; and into the basket."""

from datetime import datetime

import pytest
from django.test import Client

from catalogue.models import CourseRun, Offer
from frontend.school.offer_form import run_hint
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BasketLine
from tests.frontend.school.conftest import TrustCast
from tests.frontend.school.visits import text_of
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db
RUN = "safeguarding-20270324"


@pytest.fixture
def address(base: str, course: Offer) -> str:
    return f"{base}/find/safeguarding"


def test_the_times_of_a_date_say_on_which_day_it_ends() -> None:
    begins = datetime(2027, 3, 24, 9, 30, tzinfo=LONDON)
    one = CourseRun(starts_at=begins, ends_at=datetime(2027, 3, 24, 15, 30, tzinfo=LONDON), capacity=5, taken=0)
    assert run_hint(one) == "9:30am to 3:30pm. 5 places left"
    one.ends_at = datetime(2027, 3, 25, 15, 30, tzinfo=LONDON)
    assert run_hint(one) == "Begins at 9:30am, ends at 3:30pm on 25 March 2027. 5 places left"


def test_a_date_that_is_not_offered_any_more_says_to_choose_another(as_sam: Client, address: str) -> None:
    page = text_of(as_sam.get(f"{address}?run=gone&people=1"))
    assert "There is a problem Choose one of the dates listed" in page


def test_the_price_for_three_has_its_steps_vat_places_and_cost_of_cancelling(as_sam: Client, address: str) -> None:
    page = text_of(as_sam.get(f"{address}?run={RUN}&people=3"))
    assert "Your price for 3 people" in page and "For Oakfield Primary School" in page
    assert "List price £180.00 for each place" in page
    assert "3 places × £140.00 at the member price £420.00" in page
    assert "VAT exempt: training by an eligible body £0.00" in page
    assert "To pay £420.00" in page and "Add 3 places" in page
    assert "24 March 2027, Tidewell" in page and "9:30am to 3:30pm. 20 places left" in page
    assert "Free until 17 March 2027." in page and "From 18 March 2027 the full price stays owed." in page


def test_vat_at_the_standard_rate_is_a_step(as_sam: Client, base: str, shop: Shop) -> None:
    shop.offer("reports", title="Reports", prices={0: {"rate": "1.45", "per": "pupils"}})
    page = text_of(as_sam.get(f"{base}/find/reports"))
    # 412 × 1.45 = 597.40; at 20%: 119.48; together 716.88
    assert "412 pupils × £1.45, Register of schools, 2 October 2025 £597.40" in page
    assert "VAT at 20% £119.48" in page and "To pay £716.88" in page


def test_update_gives_the_price_an_address_without_the_forms_token(as_sam: Client, address: str) -> None:
    answer = as_sam.post(address, {"run": RUN, "people": "2", "update": "1", "csrfmiddlewaretoken": "x"})
    assert answer.headers["Location"] == f"{address}?run={RUN}&people=2"
    assert not BasketLine.objects.exists()


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("0", "Number of people must be 1 or more"),
        ("-3", "Number of people must be 1 or more"),
        ("2.5", "Number of people must be a whole number"),
        ("101", "Number of people must be 100 or less"),
        ("三", "Number of people must be a whole number"),
        ("", "Enter the number of people"),
    ],
)
def test_a_number_that_cannot_be_is_said_and_nothing_is_put_in_the_basket(
    as_sam: Client, address: str, people: str, said: str
) -> None:
    answer = as_sam.post(address, {"run": RUN, "people": people})
    assert answer.status_code == 400 and said in text_of(answer)
    assert not BasketLine.objects.exists()


def test_without_a_date_one_is_asked_for(as_sam: Client, address: str) -> None:
    answer = as_sam.post(address, {"people": "1"})
    assert answer.status_code == 400 and "Choose a date" in text_of(answer).split("There is a problem")[1]
    assert not BasketLine.objects.exists()


def test_adding_puts_it_in_the_basket_at_the_price_shown(as_sam: Client, address: str, base: str) -> None:
    answer = as_sam.post(address, {"run": RUN, "people": "3"}, follow=True)
    assert answer.redirect_chain == [(f"{base}/basket", 302)]
    line = BasketLine.objects.get()
    assert (line.quantity, line.quoted_pence, line.school.name) == (3, 42_000, "Oakfield Primary School")
    assert "Nothing is ordered yet" in text_of(answer) and "Basket (1" in text_of(answer)


def test_the_same_twice_is_refused_and_says_where_to_change_it(as_sam: Client, address: str) -> None:
    as_sam.post(address, {"run": RUN, "people": "3"})
    answer = as_sam.post(address, {"run": RUN, "people": "1"})
    assert answer.status_code == 400 and "is in your basket for Oakfield Primary School already" in text_of(answer)
    assert BasketLine.objects.get().quantity == 3


def test_what_the_price_depends_on_is_asked_for_and_used(as_sam: Client, base: str, shop: Shop) -> None:
    rule = {"sum": [{"flat": "400", "label": "Base"}, {"rate": "9.50", "per": "staff"}]}
    shop.offer("hr", title="HR advice", prices={0: rule})
    address = f"{base}/find/hr"
    assert "Enter the number of staff, then choose Update price." in text_of(as_sam.get(address))
    assert (
        "Enter the number of staff" in text_of(as_sam.post(address, {"fact_staff": ""})).split("There is a problem")[1]
    )
    # 400 + 38 × 9.50 = 761.00; with 152.20 VAT 913.20
    page = text_of(as_sam.get(f"{address}?fact_staff=38"))
    assert "38 staff × £9.50 £361.00" in page and "To pay £913.20" in page
    as_sam.post(address, {"fact_staff": "38"})
    line = BasketLine.objects.get()
    assert (line.facts, line.quoted_pence) == ({"staff": "38"}, 76_100)


def test_a_longer_term_is_cheaper_when_chosen(as_sam: Client, base: str, shop: Shop) -> None:
    rule = {"rate": "6.35", "per": "pupils", "less": {"term_years": {"3": "5%"}}}
    shop.offer("ict", title="ICT support", prices={0: rule}, term_months=12)
    # 412 × 6.35 = 2,616.20; less 5% = 2,485.39
    assert "£2,616.20" in text_of(as_sam.get(f"{base}/find/ict?fact_term_years=1"))
    page = text_of(as_sam.get(f"{base}/find/ict?fact_term_years=3"))
    assert "5% less for a term of 3 years −£130.81" in page and "£2,982.47" in page  # with 497.08 VAT


def test_a_course_without_dates_says_so(as_sam: Client, base: str, shop: Shop) -> None:
    shop.course("later", title="Later")
    assert "No date is set yet, so no places can be booked" in text_of(as_sam.get(f"{base}/find/later"))


def test_a_trust_chooses_the_school_and_sees_that_schools_price(
    trust_cast: TrustCast, shop: Shop, course: Offer, school: Organisation
) -> None:
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/find/safeguarding"))
    assert "School receiving it" in page and "Harbour Academy" in page and "Lighthouse Academy" in page
    assert "Oakfield" not in page and "£180.00" in page
    second = trust_cast.academies[1]
    trust_cast.client.post(
        f"{trust_cast.base}/find/safeguarding", {"run": RUN, "people": "1", "school": str(second.pk)}
    )
    assert BasketLine.objects.get().school == second
    foreign = trust_cast.client.post(
        f"{trust_cast.base}/find/safeguarding", {"run": RUN, "people": "1", "school": str(school.pk)}
    )
    assert foreign.status_code == 400 and "must be one of those listed" in text_of(foreign)
    assert BasketLine.objects.count() == 1


def test_an_outsider_is_told_nothing_and_a_visitor_signs_in(as_outsider: Client, address: str) -> None:
    assert as_outsider.get(address).status_code == 404
    assert as_outsider.post(address, {"run": RUN, "people": "1"}).status_code == 404
    assert Client().get(address).status_code == 302
    assert not BasketLine.objects.exists()


def test_the_public_offer_shows_dates_and_list_price_only(course: Offer) -> None:
    page = text_of(Client().get("/find/safeguarding"))
    assert "£180.00 for one, without VAT" in page and "20 places left" in page and "£140.00" not in page
