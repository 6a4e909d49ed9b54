"""A school with its buyer, a trust with three academies and its finance lead, and an outsider; in September 2026."""

from dataclasses import dataclass
from typing import Any

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.shop import person, schools, trust_with


@dataclass(frozen=True)
class TrustCast:
    """A trust, its academies, and its finance lead."""

    trust: Organisation
    academies: list[Organisation]
    lead: Actor


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    [found] = schools(tmp_path, actor, {})
    return found


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    return person(school, actor)


@pytest.fixture
def olive(oakfield: Organisation, actor: Actor) -> Actor:
    """A buyer of another organisation."""
    return person(oakfield, actor, name="Olive Outsider")


@pytest.fixture
def cast(partnership: Organisation, actor: Actor, tmp_path: Any) -> TrustCast:
    trust, academies = trust_with(tmp_path, actor, "Harbour Academy", "Lighthouse Academy", "Breakwater Academy")
    return TrustCast(trust, academies, person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE))
