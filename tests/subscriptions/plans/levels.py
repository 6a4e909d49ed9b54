"""Levels for tests, through public services only."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation
from subscriptions.models import PlanVersion
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.services import Terms, add_plan, draft_version, publish_version

SINCE = date(2025, 9, 1)


def published_level(
    actor: Actor, code: str, price: str | dict[str, Any], includes: Sequence[Included] = (), **more: Any
) -> PlanVersion:
    """A level at that price a year, or by that rule, for sale."""
    rule = {"flat": price} if isinstance(price, str) else price
    plan = add_plan(code=code, title=code.capitalize(), position=more.pop("position", 1), actor=actor)
    given: dict[str, Any] = {"valid_from": SINCE, "cfr_code": "E22", "aar_code": "BAE280"} | more
    draft = draft_version(plan=plan, terms=Terms(rule=rule, includes=includes, **given), actor=actor)
    return publish_version(version=draft, actor=actor)


def places(count: int, carry: int = 0) -> Included:
    return Included(Kind.PLACES, count, carry_most=carry)


def off(theme: str, percent: str) -> Included:
    return Included(Kind.PERCENT_OFF_THEME, percent=Decimal(percent), theme=theme)


def buyer(organisation: Organisation, *, limit: int | None = None, role: Role = Role.BUYER) -> Actor:
    """Somebody who buys for it, up to a limit in pence; not a person of the database."""
    grants = frozenset({Grant(role, organisation.pk, limit)})
    return Actor(person_id=None, user_id=None, name="Sam Buyer", grants=grants)
