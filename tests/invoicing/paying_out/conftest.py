import pytest

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.paying_out.world import Payers


@pytest.fixture
def payers(partnership: Organisation, actor: Actor) -> Payers:
    """Two providers, and three people of finance who pay them."""
    return Payers(partnership, actor)
