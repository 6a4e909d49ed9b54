"""What subscriptions include in the world of the access matrix: downloads, so that no order of it costs less."""

from datetime import date, timedelta
from typing import Any

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.services import grant_allowance


def included(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """Downloads of one school, under a name that no other has."""
    name = f"Level of {school.number}"
    made = grant_allowance(
        source_key=f"access:{school.number}", organisation=school, name=name, places=5, unit="download",
        valid_from=today - timedelta(days=30), valid_to=today + timedelta(days=300), actor=actor,
    )  # fmt: skip
    return {"allowance": made.pk, "level_name": name}
