"""Two people of finance and a third who only reads; a supplier; the day on which they work."""

from datetime import date

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.invoicing.journals.beyond_sales import finance_person, supplier_of

TODAY = date(2026, 9, 30)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    """Our finance officer: prepares."""
    return finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)


@pytest.fixture
def morgan(partnership: Organisation, actor: Actor) -> Actor:
    """Our finance manager: approves."""
    return finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)


@pytest.fixture
def edith(partnership: Organisation, actor: Actor) -> Actor:
    """The auditor: reads."""
    return finance_person(partnership, "Edith Marlow", Role.AUDITOR, actor)


@pytest.fixture
def landlord(partnership: Organisation, actor: Actor) -> Organisation:
    """Who lets the office to us."""
    return supplier_of(actor)
