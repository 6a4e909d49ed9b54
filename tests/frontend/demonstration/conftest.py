"""The demonstration, built once for all tests of a module and rolled back afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from frontend.demonstration.build import Built, build
from marketplace.core.actors import platform

NAME = "Tidewell Schools Partnership"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
    """The fictional area with a year of trading that ends today."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(name=NAME, on=timezone.localdate(), actor=platform("test"), say=lambda _: None)
        transaction.set_rollback(True)
