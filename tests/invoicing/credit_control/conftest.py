"""A trust's invoice with a section for each of two schools, and those who ask and answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from invoicing.documents.models import Document
from invoicing.services import seed_reminder_levels
from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import EXEMPT, START, Charges
from tests.invoicing.books import bill

ISSUED, DUE = date(2026, 9, 1), date(2026, 10, 1)
ASKED = datetime(2026, 9, 10, 9, 30, tzinfo=UTC)


def member(organisation: Organisation, role: Role = Role.BUYER) -> Actor:
    """Somebody of an organisation, without a login."""
    return Actor(None, None, "Amira Khan", frozenset({Grant(role, organisation.pk)}))


@dataclass(frozen=True)
class Trust:
    """The invoice: £120.00 and £50.00 (exempt) for Oakfield, £240.00 for Elm Park; pence with VAT."""

    itself: Organisation
    oakfield: Organisation
    elm_park: Organisation
    invoice: Document

    def line(self, number: int) -> int:
        """The first and the second are Oakfield's, the third is Elm Park's."""
        return self.invoice.lines.get(net_pence=[10_000, 5_000, 20_000][number - 1]).pk


@pytest.fixture
def elm_park(partnership: Organisation, actor: Actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park School", valid_from=START, actor=actor)


@pytest.fixture
def trust(oakfield: Organisation, elm_park: Organisation, charges: Charges, actor: Actor) -> Trust:
    itself = add_organisation(kind=Organisation.Kind.OTHER, name="Harbour Trust", valid_from=START, actor=actor)
    CustomerTerms.objects.create(organisation=itself)
    charges(itself, 10_000, consumer=oakfield)
    charges(itself, 5_000, consumer=oakfield, vat=EXEMPT)
    charges(itself, 20_000, consumer=elm_park)
    [invoice] = bill(ISSUED, actor)
    return Trust(itself, oakfield, elm_park, invoice)


@pytest.fixture
def officer(partnership: Organisation) -> Actor:
    return member(partnership, Role.FINANCE_OFFICER)


@pytest.fixture
def manager(partnership: Organisation) -> Actor:
    return member(partnership, Role.FINANCE_MANAGER)


@pytest.fixture
def levels(partnership: Organisation) -> None:
    seed_reminder_levels()
