"""The organiser's desk at 10 in the morning of 1 September 2026: a date of a course with people on it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery, User
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from subscriptions.services import set_membership
from tests.shop import LONDON, Shop, person, schools
from tests.trading.conftest import Buying

ON = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=True) as clock:
        yield clock


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def olga_acts(partnership: Organisation, actor: Actor) -> Actor:
    """The partnership's course organiser as the services see her."""
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def olga(olga_acts: Actor) -> Client:
    return signed_in(olga_acts)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def sam(partnership: Organisation, actor: Actor, tmp_path: Any) -> Actor:
    """Oakfield's buyer; the school is a member."""
    [school] = schools(tmp_path, actor, {})
    set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return person(school, actor)


@pytest.fixture
def course(shop: Shop) -> Offer:
    return shop.course()


@pytest.fixture
def run(shop: Shop, course: Offer) -> CourseRun:
    """24 March 2027: 20 places, at least 5, to be decided by 10 March."""
    return shop.run(course, min_numbers=5, decide_by=date(2027, 3, 10))


@pytest.fixture
def booked(run: CourseRun, course: Offer, sam: Actor) -> Order:
    """Three places at £140.00: Ann at her own address with a need, and two more."""
    [school_id] = sam.organisations()
    school = Organisation.objects.get(pk=school_id)
    buying = Buying()
    order = buying.order(sam, buying.add(sam, school, course, 3, run=run, delegates=["Ann Lee"]))
    order.lines.get().bookings.filter(position=1).update(delegate_email="ann@oakfield.example", needs="No nuts")
    run.refresh_from_db()
    return order


@pytest.fixture
def told() -> Callable[[], list[Message]]:
    """Tells the handlers what happened, and returns the e-mails about dates since the last call."""
    seen: set[int] = set(Message.objects.values_list("pk", flat=True))

    def deliver() -> list[Message]:
        Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
        while outbox.deliver():
            pass
        assert list(Delivery.objects.exclude(last_error="").values_list("handler", "last_error")) == []
        found = list(Message.objects.filter(topic="dates").exclude(pk__in=seen).order_by("pk"))
        seen.update(one.pk for one in found)
        return found

    return deliver
