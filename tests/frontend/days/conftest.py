"""A course date of Oakfield's that has been held, and people who look at it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking
from tests.frontend.school.visits import signed_in
from tests.shop import person
from tests.trading.conftest import buying, course, outsider, sam, school, shop  # noqa: F401
from tests.trading.days.conftest import LONDON, Held, held, organiser  # noqa: F401


@pytest.fixture
def today() -> Iterator[Any]:
    """Tuesday 20 October 2026, the day of the third meeting."""
    with time_machine.travel(datetime(2026, 10, 20, 13, 0, tzinfo=LONDON), tick=True) as clock:
        yield clock


@pytest.fixture
def as_organiser(today: Any, organiser: Actor) -> Client:  # noqa: F811
    return signed_in(organiser)


@pytest.fixture
def ann(school: Organisation, actor: Actor, held: Held) -> Actor:  # noqa: F811
    """Ann Lee, of whom the first place is."""
    made = person(school, actor, name="Ann Lee", role=Role.DELEGATE)
    Booking.objects.filter(pk=held.places[0].pk).update(delegate_person_id=made.person_id)
    return made


@pytest.fixture
def as_ann(today: Any, ann: Actor) -> Client:
    return signed_in(ann)


@pytest.fixture
def as_outsider(today: Any, outsider: Actor) -> Client:  # noqa: F811
    return signed_in(outsider)
