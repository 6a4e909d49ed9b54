"""A hub's people, and two who verify for one organisation."""

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.shop import person
from tests.subscriptions.outcomes.hub_year import HubCast, hub_cast


@pytest.fixture
def cast(partnership: Organisation, oakfield: Organisation, actor: Actor) -> HubCast:
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def verifiers(cast: HubCast, actor: Actor) -> list[int | None]:
    """Two people who verify, and the organisation for which they do."""
    [place] = cast.verifier.organisations()
    second = person(Organisation.objects.get(pk=place), actor, name="Vera Verifier", role=Role.VERIFIER)
    return [cast.verifier.person_id, second.person_id, place]
