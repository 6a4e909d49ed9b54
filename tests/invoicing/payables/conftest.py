import pytest

from marketplace.organisations.models import Organisation
from tests.invoicing.payables.royalties import add_author


@pytest.fixture
def author(partnership) -> Organisation:
    """A school that wrote what others buy."""
    return add_author()
