import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from providers.models import Consultant, Provider
from tests.shop import person
from tests.trading.engagements.world import consultant_of, provider_of, rate_of


@pytest.fixture
def larkfield(school: Organisation, actor: Actor) -> Provider:
    return provider_of(actor)


@pytest.fixture
def nadia(larkfield: Provider, actor: Actor) -> Consultant:
    """A consultant at £450.00 a day, of which her provider earns £382.50."""
    made = consultant_of(larkfield, actor)
    rate_of(made)
    return made


@pytest.fixture
def lena(larkfield: Provider, actor: Actor) -> Actor:
    """Larkfield's office."""
    return person(larkfield.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    """The partnership's organiser."""
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)
