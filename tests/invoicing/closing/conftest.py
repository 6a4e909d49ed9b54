import pytest

from marketplace.core.actors import Actor, Role
from tests.shop import person


@pytest.fixture
def priya(partnership, actor) -> Actor:
    """A finance officer with a login."""
    return person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer")


@pytest.fixture
def marek(partnership, actor) -> Actor:
    """A finance manager."""
    return person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager")


@pytest.fixture
def mia(partnership, actor) -> Actor:
    """Another finance manager."""
    return person(partnership, actor, role=Role.FINANCE_MANAGER, name="Mia Manager")
