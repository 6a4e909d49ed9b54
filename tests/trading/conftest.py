from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import ApprovalRule, Organisation
from marketplace.organisations.services.delegation import set_approval_rule
from marketplace.trading.models import Approval, Basket, Order
from marketplace.trading.services import add_to_basket, ask_approval, check_basket, open_basket, place_order
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


class Asking:
    """Sends orders for approval with as few words as the claim needs. The course is on 24 March 2027, £140.00 a place."""

    def __init__(self, buying: Buying, school: Organisation, course: Offer, shop: Shop) -> None:
        self.buying, self.school, self.course = buying, school, course
        self.run = shop.run(course)

    def __call__(self, buyer: Actor, places: int = 2, *, on: date = ON, **more: Any) -> Approval:
        basket = self.buying.add(buyer, self.school, self.course, places, run=self.run, on=on)
        seen = check_basket(basket=basket, on=on, actor=buyer).total.gross.pence
        given: dict[str, Any] = {"purchase_order": "PO 7", "expected_pence": seen, "on": on} | more
        return Approval.objects.get(order=ask_approval(basket=basket, actor=buyer, **given))

    @property
    def taken(self) -> int:
        self.run.refresh_from_db()
        return self.run.taken


@pytest.fixture
def asking(buying: Buying, school: Organisation, course: Offer, shop: Shop) -> Asking:
    return Asking(buying, school, course, shop)


@pytest.fixture
def pat(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's office, who may order up to £250.00."""
    return person(school, actor, name="Pat Small", limit=25_000)


@pytest.fixture
def hana(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's head teacher, who approves up to £5,000.00."""
    return person(school, actor, name="Hana Head", role=Role.APPROVER, limit=500_000)


@pytest.fixture
def chair(school: Organisation, actor: Actor) -> ApprovalRule:
    """Oakfield has orders of £200.00 or more approved by its chair of governors, who has no account."""
    return set_approval_rule(
        organisation=school, from_pence=20_000, valid_from=ON, email="chair@oakfield.example",
        title="the chair of governors", keeps_days=10, actor=actor,
    )  # fmt: skip
