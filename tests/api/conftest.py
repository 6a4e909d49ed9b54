from datetime import date
from typing import Any

import pytest

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.services import set_membership
from tests.api.calling import Program
from tests.shop import Shop, person, schools

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    """Oakfield Primary School, a member."""
    [found] = schools(tmp_path, actor, {})
    set_membership(organisation=found, price_class=PriceClass.MEMBER, valid_from=LONG_AGO, actor=actor)
    return found


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's school buyer, without a limit."""
    return person(school, actor)


@pytest.fixture
def program(sam: Actor) -> Program:
    """A program that acts for Sam."""
    return Program(sam)


@pytest.fixture
def outsider(oakfield: Organisation, actor: Actor) -> Program:
    """A program of somebody who buys for another organisation."""
    return Program(person(oakfield, actor, name="Olive Outsider"))


@pytest.fixture
def course(shop: Shop) -> Offer:
    return shop.course()


@pytest.fixture
def run(shop: Shop, course: Offer) -> CourseRun:
    return shop.run(course, places=5)
