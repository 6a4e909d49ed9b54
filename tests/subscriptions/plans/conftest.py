"""Levels for the tests of this folder."""

from collections.abc import Callable
from functools import partial

import pytest

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.models import PlanVersion
from tests.subscriptions.plans.levels import published_level


@pytest.fixture
def level(partnership: Organisation, actor: Actor) -> Callable[..., PlanVersion]:
    """``level("gold", "2000", [places(6)])``: a published level."""
    return partial(published_level, actor)
