"""The school's shop of the pages' tests, its people, and what lies in the post."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core import outbox
from marketplace.core.actors import Actor
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from subscriptions.services import set_membership
from tests.frontend.school.conftest import Buying
from tests.shop import LONDON, Shop, person, schools

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
    [found] = schools(tmp_path, actor, {})
    set_membership(organisation=found, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return found


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    return person(school, actor)


@pytest.fixture
def course(shop: Shop) -> Offer:
    offer = shop.course()
    shop.run(offer, day=COURSE_DAY)
    return offer


@pytest.fixture
def buying(actor: Actor, school: Organisation, sam: Actor) -> Buying:
    return Buying(actor, school, sam)


@pytest.fixture
def post() -> Callable[[str], list[Message]]:
    """Delivers every event, then returns the messages about a topic."""

    def deliver(topic: str) -> list[Message]:
        Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
        while outbox.deliver():
            pass
        failed = list(Delivery.objects.exclude(last_error="").values_list("handler", "last_error"))
        assert failed == [], failed
        return list(Message.objects.filter(topic=topic).order_by("pk"))

    return deliver
