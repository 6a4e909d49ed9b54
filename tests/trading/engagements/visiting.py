"""Visits for tests: written up by the provider's office, agreed by the school, with as few words as the claim needs."""

from datetime import date
from typing import Any

from marketplace.core.actors import Actor
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.visits import agree_visit, write_up
from marketplace.trading.engagements.visit_models import Visit


def written(planned: EngagementDate, on: date, actor: Actor, *, miles: int = 0, **more: Any) -> Visit:
    given: dict[str, Any] = {"done": "Watched two phonics lessons and gave feedback.", "next_steps": ""} | more
    return write_up(date=planned, miles=miles, on=on, actor=actor, **given)


def delivered(planned: EngagementDate, on: date, office: Actor, school: Actor, *, miles: int = 0) -> Visit:
    """Written up and agreed on one day."""
    return agree_visit(visit=written(planned, on, office, miles=miles), on=on, actor=school)
