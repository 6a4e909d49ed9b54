"""How many queries a page takes, and customers by the dozen."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START


def queries(ask: Callable[[], HttpResponse]) -> int:
    """The number of queries of a page that succeeds, after one visit that warms what is kept for long."""
    ask()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert ask().status_code == 200
    return len(caught)


def customers(count: int, actor: Actor, *, start: int = 0) -> list[Organisation]:
    return [
        add_organisation(
            kind=Organisation.Kind.OTHER, name=f"Customer {index:03d}", valid_from=START, actor=actor,
            address=Address(street="1 Quay", town="Tidewell", postcode="TW1 1AA"),
        )
        for index in range(start, start + count)
    ]  # fmt: skip
