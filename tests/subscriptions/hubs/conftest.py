"""A call for a reading hub with four schools, an organiser and three members of the panel."""

from pathlib import Path

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import HubCall
from tests.shop import person
from tests.subscriptions.hubs.calling import four_schools, head_of, member, opened


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def area(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    """Elm Park, Birch Lane, Cedar Hill, Dell."""
    return four_schools(tmp_path, actor)


@pytest.fixture
def elm(area: list[Organisation]) -> Organisation:
    return area[0]


@pytest.fixture
def birch(area: list[Organisation]) -> Organisation:
    return area[1]


@pytest.fixture
def cedar(area: list[Organisation]) -> Organisation:
    return area[2]


@pytest.fixture
def head(elm: Organisation, actor: Actor) -> Actor:
    return head_of(elm, actor)


@pytest.fixture
def birch_head(birch: Organisation, actor: Actor) -> Actor:
    return head_of(birch, actor)


@pytest.fixture
def pia(partnership: Organisation, actor: Actor) -> Actor:
    return member(partnership, actor, "Pia Panel")


@pytest.fixture
def raj(partnership: Organisation, actor: Actor) -> Actor:
    return member(partnership, actor, "Raj Panel")


@pytest.fixture
def bea(partnership: Organisation, birch: Organisation, actor: Actor) -> Actor:
    """On the panel, and head of Birch Lane."""
    return member(partnership, actor, "Bea Panel", at=birch)


@pytest.fixture
def call(olga: Actor) -> HubCall:
    return opened(olga)
