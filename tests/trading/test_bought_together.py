"""What schools buy together is told once a day, of five schools or more, and of nobody else."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.models import BoughtTogether
from marketplace.trading.models import Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from marketplace.trading.services.together import tell_bought_together
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


@pytest.fixture
def bought(shop, actor, tmp_path):
    """Five schools that bought both of two things, four of them a third."""
    offers = {code: shop.offer(code, prices={0: {"flat": "10"}}) for code in ("a", "b", "c")}
    found = schools(tmp_path, actor, *({"URN": f"9009{n:02d}", "EstablishmentName": f"School {n}"} for n in range(5)))
    for index, school in enumerate(found):
        sam = person(school, actor)
        basket = open_basket(organisation=school, actor=sam)
        for code in ("a", "b", "c")[: 3 if index else 2]:
            add_to_basket(basket=basket, offer=offers[code], school=school, quantity=Decimal(1), on=ON, actor=sam)
        total = check_basket(basket=basket, on=ON, actor=sam).total.gross.pence
        place_order(basket=basket, purchase_order="", expected_pence=total, on=ON, actor=sam)
    return offers


def pairs() -> set[tuple[str, str, int]]:
    return set(BoughtTogether.objects.values_list("offer__code", "other__code", "schools"))


def test_five_schools_are_told_and_four_are_not(bought):
    assert tell_bought_together(on=ON) == 2
    assert pairs() == {("a", "b", 5), ("b", "a", 5)}


def test_it_is_told_once_a_day_and_follows_the_orders(bought):
    tell_bought_together(on=ON)
    Order.objects.filter(pk=Order.objects.earliest("pk").pk).update(state="cancelled")
    assert tell_bought_together(on=ON) == 0 and len(pairs()) == 2
    assert tell_bought_together(on=date(2026, 9, 2)) == 0 and pairs() == set()


def test_what_was_bought_more_than_two_years_ago_is_forgotten(bought):
    assert tell_bought_together(on=date(2028, 9, 2)) == 0 and pairs() == set()
