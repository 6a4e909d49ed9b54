import pytest

from tests.invoicing.small_world import SmallWorld, build_small_world


@pytest.fixture
def small_world(partnership, oakfield, council, charges, actor) -> SmallWorld:
    """Trade of every kind that there is so far, built through the public services."""
    return build_small_world(school=oakfield, council=council, charges=charges, actor=actor)
