"""The cast of the finance pages, an administrator, and a handful of events."""

import pytest
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.frontend.finance.conftest import _signed_in, amira, bill, edith, invoice, priya, today

__all__ = ["amira", "bill", "edith", "invoice", "priya", "today"]


@pytest.fixture
def ada(partnership: Organisation, actor: Actor) -> Client:
    """The administrator."""
    return _signed_in("Ada Quist", Role.ADMINISTRATOR, partnership, actor)
