from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Basket, Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from subscriptions.services import set_membership
from tests.shop import Shop, person, schools

ON = date(2026, 9, 1)


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    """Oakfield Primary School, a member, with 412 pupils."""
    [found] = schools(tmp_path, actor, {})
    set_membership(organisation=found, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return found


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's school buyer, without a limit."""
    return person(school, actor)


@pytest.fixture
def outsider(oakfield: Organisation, actor: Actor) -> Actor:
    """A buyer of another organisation."""
    return person(oakfield, actor, name="Olive Outsider")


@pytest.fixture
def course(shop: Shop) -> Offer:
    return shop.course()


class Buying:
    """Fills baskets and orders them with as few words as the claim needs."""

    def basket(self, buyer: Actor, organisation: Organisation) -> Basket:
        return open_basket(organisation=organisation, actor=buyer)

    def add(self, buyer: Actor, school: Organisation, offer: Offer, quantity: int | str = 1, **more: Any) -> Basket:
        basket = self.basket(buyer, more.pop("organisation", school))
        given: dict[str, Any] = {"quantity": Decimal(quantity), "on": ON} | more
        add_to_basket(basket=basket, offer=offer, school=school, actor=buyer, **given)
        return basket

    def order(self, buyer: Actor, basket: Basket, **more: Any) -> Order:
        on, included = more.pop("on", ON), more.pop("included", None)
        seen = check_basket(basket=basket, on=on, actor=buyer, included=included).total.gross.pence
        given: dict[str, Any] = {"purchase_order": "", "expected_pence": seen} | more
        return place_order(basket=basket, on=on, actor=buyer, included=included, **given)


@pytest.fixture
def buying() -> Buying:
    return Buying()
