"""A level's percentage off a theme is the same on the page, in the basket, for programs and on the order."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from subscriptions.services import set_membership, subscribe
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, Shop, person, schools
from tests.subscriptions.plans.levels import off, published_level

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
WORDS = "Gold: 10% off Leadership"


def test_page_basket_program_and_order_agree_to_the_penny(partnership, actor, tmp_path):
    with time_machine.travel(datetime(2026, 9, 1, 10, tzinfo=LONDON), tick=True):
        [school, neighbour] = schools(tmp_path, actor, {}, {"EstablishmentName": "Elm Park Infant School"})
        for one in (school, neighbour):
            set_membership(organisation=one, price_class=PriceClass.MEMBER, valid_from=ON, actor=actor)
        buyer, other = person(school, actor), person(neighbour, actor, name="Olive Other")
        gold = published_level(actor, "gold", "2000", [off("Leadership", "10")])
        subscribe(organisation=school, version=gold, starts=ON, on=ON, actor=buyer)
        shop = Shop(actor)
        course = shop.course(member="133.35", themes=["Leadership"])
        run = shop.run(course)

        # 3 × £133.35 = £400.05, less £40.005: £360.045, rounded once, half up.
        base = f"/school/{school.school.urn}/find"
        assert "£120.02" in text_of(signed_in(buyer).get(base))
        page = text_of(signed_in(buyer).get(f"{base}/{course.code}", {"run": run.code, "people": "3"}))
        assert WORDS in page
        body = {"organisation": school.number, "offer": course.code, "run": run.code, "quantity": "3"}
        told = Program(buyer).post("/quotes", body).json()
        assert (told["net_pence"], told["steps"][-2]["text"]) == (36005, WORDS)
        basket = open_basket(organisation=school, actor=buyer)
        add_to_basket(basket=basket, offer=course, run=run, school=school, quantity=Decimal(3), on=ON, actor=buyer)
        check = check_basket(basket=basket, on=ON, actor=buyer)
        assert check.total.gross.pence == 36005
        order = place_order(basket=basket, on=ON, actor=buyer, purchase_order="", expected_pence=36005)
        line = order.lines.get()
        assert line.net_pence == 36005
        assert any(WORDS in str(step) for step in line.steps)

        theirs = Program(other).post("/quotes", body | {"organisation": neighbour.number}).json()
        assert theirs["net_pence"] == 40005
    call_command("verify_ledger")
