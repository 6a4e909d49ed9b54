"""Price lists and the calculator, as an organiser, finance, the auditor and a school meet them."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.services import pin_price
from marketplace.core.actors import Actor
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from tests.shop import Shop

LIST = "/organise/offers/safeguarding/prices"
ADD = f"{LIST}/add"
CALCULATOR = "/organise/prices/calculator"
NEW = {"shape": "each", "amount": "£1,155.50", "price_class": "la_funded", "valid_from": "1/10/2026", "do": "preview"}
ASKED = {"offer": "safeguarding", "price_class": "member", "quantity": "3", "on": "30/9/2026"}


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_shows_every_row_with_what_it_says(olu: Client, course: Offer) -> None:
    shown = body(olu.get(LIST))
    assert "£140.00 for each place" in shown
    assert "Non-member" in shown
    assert "Add a price" in shown
    assert "Prices that hold today" in body(olu.get("/organise/prices"))
    assert "No offer has these words" in body(olu.get("/organise/prices?q=zeppelin"))
    assert "No offer has these words" in body(olu.get("/organise/prices?q=zepp%00elin"))


def test_a_used_row_says_why_it_stays(olu: Client, course: Offer) -> None:
    pin_price(price_id=course.prices.get(price_class=PriceClass.MEMBER).pk)
    assert body(olu.get(LIST)).count("Used, so it stays as it is and may only be ended") == 1


def test_a_price_is_looked_at_with_schools_before_it_is_saved(olu: Client, course: Offer, school: Organisation) -> None:
    shown = body(olu.post(ADD, NEW))
    assert "Nothing is saved yet" in shown
    assert school.name in shown
    assert "1 place × £1,155.50" in shown
    assert course.prices.count() == 2

    assert olu.post(ADD, NEW | {"do": "save"}).headers["Location"] == LIST
    made = course.prices.get(price_class=PriceClass.LA_FUNDED)
    assert (made.rule, made.valid_from) == ({"rate": "1155.50", "per": "quantity"}, date(2026, 10, 1))
    assert Event.objects.filter(kind="price.added", subject="safeguarding").count() == 3


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"shape": "flat", "amount": "1150"}, {"flat": "1150"}),
        ({"shape": "each", "amount": "350", "unit": "day"}, {"rate": "350", "per": "quantity", "unit": "day"}),
        (
            {"shape": "pupil", "amount": "19", "cap": "12500", "floor": "£750"},
            {"rate": "19", "per": "pupils", "cap": "12500", "floor": "750"},
        ),
        (
            {"shape": "bands", "bands": "up to 100: 765\r\n\r\nmore: 1,224"},
            {"by": "pupils", "bands": [{"max": 100, "price": "765"}, {"price": "1224"}]},
        ),
        ({"shape": "json", "json": '{"rate": "9.50", "per": "staff"}'}, {"rate": "9.50", "per": "staff"}),
    ],
)
def test_each_shape_makes_its_rule(olu: Client, course: Offer, given: dict[str, str], rule: dict[str, Any]) -> None:
    olu.post(ADD, {"price_class": "any", "valid_from": "1/10/2026", "do": "save", **given})
    assert course.prices.get(price_class=PriceClass.ANY).rule == rule


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "ten"}, "Amount must be pounds, like 140 or 6.35"),
        ({"amount": "-5"}, "Amount must be pounds, like 140 or 6.35"),
        ({"amount": ""}, "Enter the amount"),
        ({"cap": "a lot"}, "At most must be pounds, like 140 or 6.35"),
        ({"shape": "bands", "bands": "100: ten"}, "Line 1 of the bands must be like 100: 765"),
        ({"shape": "bands", "bands": "small: 12"}, "Line 1 of the bands must be like 100: 765"),
        ({"shape": "json", "json": "{"}, "Price rule must be JSON: line 1 cannot be read"),
        ({"shape": "json", "json": '{"flat": 12.5}'}, "must be a decimal string"),
        ({"shape": "json"}, "Enter the price rule"),
        ({"valid_to": "1/9/2026"}, "The price must end after it starts"),
        ({"facts": "38 staff"}, "Line 1 of the facts must be like: staff = 38"),
        ({"price_class": "member"}, "already has a price for member on some of these dates"),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_typed(
    olu: Client, course: Offer, given: dict[str, str], words: str
) -> None:
    start = {"shape": "flat", "amount": "12", "price_class": "any", "valid_from": "1/10/2026", "do": "save"}
    answer = olu.post(ADD, start | given)
    assert answer.status_code == 400
    assert words in answer.content.decode().replace("&#34;", '"')
    assert "1/10/2026" in body(answer)
    assert course.prices.count() == 2


def test_a_price_ends_once(olu: Client, course: Offer) -> None:
    row = course.prices.get(price_class=PriceClass.MEMBER)
    assert "What was ordered at this price stays" in body(olu.get(f"{LIST}/{row.pk}/end"))
    assert olu.post(f"{LIST}/{row.pk}/end", {"valid_to": "1/1/2027"}).headers["Location"] == LIST
    row.refresh_from_db()
    assert row.valid_to == date(2027, 1, 1)
    answer = olu.post(f"{LIST}/{row.pk}/end", {"valid_to": "1/2/2027"})
    assert (answer.status_code, "has an end already" in body(answer)) == (400, True)


def test_a_row_of_another_offer_is_not_found(olu: Client, course: Offer, shop: Shop) -> None:
    other = shop.offer("other", prices={PriceClass.ANY: {"flat": "1"}})
    assert olu.get(f"{LIST}/{Price.objects.get(offer=other).pk}/end").status_code == 404


def test_the_calculator_says_every_step_and_the_vat(olu: Client, course: Offer) -> None:
    shown = body(olu.post(CALCULATOR, ASKED))
    assert "3 places × £140.00" in shown
    assert "VAT exempt: training by an eligible body" in shown
    assert "£420.00" in shown


def test_the_calculator_takes_a_rule_with_stated_facts(olu: Client, course: Offer) -> None:
    given = ASKED | {"offer": "", "rule": '{"rate": "6.35", "per": "pupils", "shares": {"hub": "10%", "home": "rest"}}'}
    shown = body(olu.post(CALCULATOR, given | {"quantity": "1", "facts": "pupils = 412\ncolour = red"}))
    assert "412 pupils × £6.35, as stated, 30 September 2026" in shown
    assert "hub: £261.62" in shown
    assert "Not used by this price: colour" in shown


def test_the_calculator_takes_a_school_of_record(olu: Client, shop: Shop, school: Organisation) -> None:
    shop.offer("advice", prices={PriceClass.ANY: {"rate": "5.07", "per": "pupils"}})
    given = ASKED | {"offer": "advice", "quantity": "1", "organisation": school.number}
    shown = body(olu.post(CALCULATOR, given))
    assert "210 pupils × £5.07, Register of schools, 2 October 2025" in shown
    assert "£1,277.64" in shown  # 1,064.70 and 20% VAT


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"offer": ""}, "Enter the code of an offer or a price rule, and only one of them"),
        ({"offer": "nothing"}, "There is no offer nothing"),
        ({"organisation": "C999999"}, "There is no organisation C999999"),
        ({"quantity": "0"}, "How many must be 0.01 or more"),
        ({"price_class": "la_funded"}, "has no price for an LA-funded buyer on 30 September 2026"),
        ({"on": "31/2/27"}, "must be a real date"),
        ({"facts": "a"}, "must be like: staff = 38"),
    ],
)
def test_the_calculator_refuses_in_words(olu: Client, course: Offer, given: dict[str, str], words: str) -> None:
    answer = olu.post(CALCULATOR, ASKED | given)
    assert answer.status_code == 400
    assert words in body(answer)


def test_finance_and_the_auditor_read_and_do_not_write(priya: Client, edith: Client, course: Offer) -> None:
    for client in (priya, edith):
        shown = client.get(LIST)
        assert shown.status_code == 200
        assert "Add a price" not in body(shown)
        assert client.post(CALCULATOR, ASKED).status_code == 200
        assert client.post(ADD, NEW).status_code == 403
        assert client.get("/organise/catalogue").status_code == 403
    assert course.prices.count() == 2


def test_a_school_is_told_nothing(amira: Client, course: Offer) -> None:
    row = course.prices.first()
    assert row is not None
    for path in ("/organise/prices", LIST, ADD, CALCULATOR, f"{LIST}/{row.pk}/end", "/organise/catalogue"):
        assert amira.get(path).status_code == 404
    assert amira.get("/organise/catalogue/offers.csv").status_code == 404


def test_the_lists_cost_the_same_however_long_they_are(
    olu: Client, course: Offer, shop: Shop, actor: Actor, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        shop.offer(f"more-{number}", prices={PriceClass.ANY: {"flat": "1"}}, published=False)
    with django_assert_max_num_queries(12):
        assert olu.get("/organise/prices").status_code == 200
    with django_assert_max_num_queries(12):
        assert olu.get(LIST).status_code == 200
