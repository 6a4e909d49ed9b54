"""Two people of finance, a health funder, and a fund that it restricts to one programme."""

import pytest

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.funds.granted import Cast, cast_of


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)
