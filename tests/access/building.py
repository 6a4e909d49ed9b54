"""The world of the matrix in a transaction that is undone at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from invoicing.services import seed_chart, seed_vat_rules
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.access.world import Builder, World
from tests.conftest import START, Charges


@contextmanager
def built_world(folder: Path) -> Iterator[World]:
    """Built once, rolled back at the end; each request is rolled back too."""
    actor = platform("test")
    with transaction.atomic():
        seed_chart()
        seed_vat_rules()
        given = {"valid_from": START, "actor": actor}
        add_organisation(
            kind=Organisation.Kind.PARTNERSHIP, name="Tidewell Schools Partnership", vat_number="GB123456789",
            address=Address(street="1 Harbour Row", town="Tidewell", postcode="TW1 1AA"), **given,
        )  # fmt: skip
        council = add_organisation(
            kind=Organisation.Kind.AUTHORITY, name="Tidewell Borough Council", **given,
            address=Address(street="Town Hall", town="Tidewell", postcode="TW1 1ZZ"),
        )  # fmt: skip
        yield Builder(council=council, charges=Charges(actor), actor=actor, folder=folder).build()
        transaction.set_rollback(True)
