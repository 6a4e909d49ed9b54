import pytest

from marketplace.core.actors import Actor, Role
from tests.shop import person


@pytest.fixture
def mia(partnership, actor) -> Actor:
    """Another finance manager."""
    return person(partnership, actor, role=Role.FINANCE_MANAGER, name="Mia Manager")
