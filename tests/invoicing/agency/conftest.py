import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.invoicing.agency.fenland import add_fenland, mandate_for
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
def fenland(partnership, marek) -> Organisation:
    """A supplier under a mandate, whose fee is 10%."""
    supplier = add_fenland()
    mandate_for(supplier, marek)
    return supplier
