"""An organiser, a finance manager, the auditor and a school buyer, before a small shop."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from catalogue.models import Offer
from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.organisations.models import Organisation
from tests.shop import Shop, person, schools

TODAY = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The pages' own day: 30 September 2026."""
    with time_machine.travel("2026-09-30 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def course(shop: Shop) -> Offer:
    """£140 for members, £180 for others, for each place."""
    return shop.course()


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Path) -> Organisation:
    """A primary school with 210 pupils."""
    [found] = schools(tmp_path, actor, {"NumberOfPupils": "210"})
    return found


def signed_in(role: Role, name: str, at: Organisation, actor: Actor) -> Client:
    """Somebody with that role, signed in."""
    found = person(at, actor, name=name, role=role, on=TODAY)
    client = Client()
    client.force_login(User.objects.get(pk=found.user_id))
    return client


@pytest.fixture
def olu(partnership: Organisation, actor: Actor) -> Client:
    """An organiser."""
    return signed_in(Role.ORGANISER, "Olu Bright", partnership, actor)


@pytest.fixture
def edith(partnership: Organisation, actor: Actor) -> Client:
    """The auditor."""
    return signed_in(Role.AUDITOR, "Edith Marlow", partnership, actor)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Client:
    """A finance officer."""
    return signed_in(Role.FINANCE_OFFICER, "Priya Shah", partnership, actor)


@pytest.fixture
def amira(school: Organisation, actor: Actor) -> Client:
    """A school buyer."""
    return signed_in(Role.BUYER, "Amira Khan", school, actor)
