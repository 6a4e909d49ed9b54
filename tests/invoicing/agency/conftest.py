import pytest

from marketplace.organisations.models import Organisation
from tests.invoicing.agency.fenland import add_fenland, mandate_for


@pytest.fixture
def fenland(partnership, marek) -> Organisation:
    """A supplier under a mandate, whose fee is 10%."""
    supplier = add_fenland()
    mandate_for(supplier, marek)
    return supplier
