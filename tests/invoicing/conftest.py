import pytest

from marketplace.core.actors import Actor, Role
from tests.invoicing.small_world import SmallWorld, build_small_world
from tests.shop import person


@pytest.fixture
def small_world(partnership, oakfield, council, charges, actor) -> SmallWorld:
    """Trade of every kind that there is so far, built through the public services."""
    return build_small_world(school=oakfield, council=council, charges=charges, actor=actor)


@pytest.fixture
def priya(partnership, actor) -> Actor:
    """A finance officer with a login."""
    return person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer")


@pytest.fixture
def marek(partnership, actor) -> Actor:
    """A finance manager."""
    return person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager")
