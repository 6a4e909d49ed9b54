"""A shop, a school that buys in it, a trust, and an outsider; all sign in. It is 10 in the morning of 1 September 2026."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from subscriptions.services import set_membership
from tests.frontend.school.visits import signed_in
from tests.shop import LONDON, Shop, person, schools, trust_with

ON = date(2026, 9, 1)
COURSE_DAY = date(2027, 3, 24)


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=True) as clock:
        yield clock


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    """Oakfield Primary School, a member, with 412 pupils in the October 2025 census."""
    [found] = schools(tmp_path, actor, {})
    set_membership(organisation=found, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return found


@pytest.fixture
def base(school: Organisation) -> str:
    return f"/school/{school.school.urn}"


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's buyer, without a limit."""
    return person(school, actor)


@pytest.fixture
def as_sam(sam: Actor) -> Client:
    return signed_in(sam)


@pytest.fixture
def as_outsider(oakfield: Organisation, actor: Actor) -> Client:
    """A buyer of another organisation."""
    return signed_in(person(oakfield, actor, name="Olive Outsider"))


@dataclass(frozen=True)
class TrustCast:
    """A trust, its two academies, and its finance lead at a browser."""

    trust: Organisation
    academies: list[Organisation]
    client: Client
    base: str


@pytest.fixture
def trust_cast(partnership: Organisation, actor: Actor, tmp_path: Any) -> TrustCast:
    trust, academies = trust_with(tmp_path, actor, "Harbour Academy", "Lighthouse Academy")
    lead = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    return TrustCast(trust, academies, signed_in(lead), f"/trust/{trust.trust.uid}")


@pytest.fixture
def course(shop: Shop) -> Offer:
    """Safeguarding for new leaders on 24 March 2027, 20 places: members £140.00, others £180.00, exempt."""
    offer = shop.course()
    shop.run(offer, day=COURSE_DAY)
    return offer


@dataclass(frozen=True)
class Buying:
    """Puts into a basket and orders through the services, on a day."""

    actor: Actor
    school: Organisation
    by: Actor

    def add(self, offer: Offer, quantity: int = 1, **more: Any) -> Any:
        buyer = more.pop("by", self.by)
        organisation = more.pop("organisation", self.school)
        basket = open_basket(organisation=organisation, actor=buyer)
        given = {"school": self.school, "run": offer.runs.first(), "on": ON} | more
        return add_to_basket(basket=basket, offer=offer, quantity=Decimal(quantity), actor=buyer, **given)

    def order(self, **more: Any) -> Order:
        buyer = more.pop("by", self.by)
        basket = open_basket(organisation=more.pop("organisation", self.school), actor=buyer)
        seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
        given = {"purchase_order": "", "expected_pence": seen, "on": ON} | more
        return place_order(basket=basket, actor=buyer, **given)

    def bill(self, on: date = ON) -> list[str]:
        return run_billing(on=on, actor=self.actor).numbers


@pytest.fixture
def buying(actor: Actor, school: Organisation, sam: Actor) -> Buying:
    return Buying(actor, school, sam)


@pytest.fixture
def count_queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries something makes."""

    def count(action: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            action()
        return len(seen)

    return count


Later = Callable[[datetime], None]


@pytest.fixture
def later(today: Any, as_sam: Client, sam: Actor) -> Later:
    """Moves on to a moment; Sam signs in again, as sessions end by then."""

    def move(moment: datetime) -> None:
        today.move_to(moment)
        as_sam.force_login(User.objects.get(pk=sam.user_id))

    return move
