"""The council, its schools and their people."""

import pytest

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.council_journals.maintained import Maintained, build_maintained


@pytest.fixture
def world(partnership: Organisation, council: Organisation, charges: Charges, actor: Actor) -> Maintained:
    """Nothing is invoiced yet."""
    return build_maintained(ours=partnership, council=council, charges=charges, actor=actor)
