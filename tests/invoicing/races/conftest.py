"""Races commit, so everything here is transactional; eight schools buy at once."""

import pytest

from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.invoicing.races.numbering import PROCESSES


@pytest.fixture
def schools(transactional_db, partnership, actor) -> list[Organisation]:
    return [
        add_organisation(
            kind=Organisation.Kind.OTHER, name=f"Race School {number}", valid_from=START, actor=actor,
            address=Address(town="Tidewell"),
        )
        for number in range(1, PROCESSES + 1)
    ]  # fmt: skip
