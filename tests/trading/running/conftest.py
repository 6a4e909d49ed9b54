"""A course date with people of two schools on it, and the organiser who runs it."""

from datetime import date
from typing import Any

import pytest

from catalogue.models import CourseRun, Offer
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.shop import Shop, person
from tests.trading.conftest import Buying

ON = date(2026, 9, 1)
COURSE = date(2027, 3, 24)


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    """The partnership's course organiser."""
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def run(shop: Shop, course: Offer) -> CourseRun:
    """24 March 2027, 20 places at £140.00 for members and £180.00 for others, exempt, at least 5 people, by 10 March."""
    return shop.run(course, min_numbers=5, decide_by=date(2027, 3, 10))


@pytest.fixture
def booked(run: CourseRun, course: Offer, school: Organisation, oakfield: Organisation, sam: Actor, outsider: Actor, buying: Buying) -> Any:  # fmt: skip
    """Three places of a member (£420.00) and one of another school (£180.00): £600.00."""
    first = buying.order(sam, buying.add(sam, school, course, 3, run=run, delegates=["Ann Lee"]))
    second = buying.order(outsider, buying.add(outsider, oakfield, course, 1, run=run))
    run.refresh_from_db()
    return [first, second]
