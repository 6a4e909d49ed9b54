import pytest

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.shop import Shop


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)
