"""What waits for a buyer of what their subscription includes: what lapses soon."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from frontend.buying import Buyer
from frontend.included_words import last_day
from marketplace.core.actors import BUYING, Actor
from subscriptions.allowances.duties import AHEAD
from subscriptions.allowances.rules.units import counted
from subscriptions.queries import lapsing


def waits_for(actor: Actor, buyers: Sequence[Buyer], on: date | None = None) -> list[dict[str, Any]]:
    """One item for each allowance of which something is left that lapses within 30 days. One query."""
    own = {one.organisation.pk: one for one in buyers if one.organisation.pk in actor.organisations(*BUYING)}
    if not own:
        return []
    on = on or timezone.localdate()
    found = lapsing(organisation_ids=own, on=on, until=on + AHEAD + timedelta(days=1))
    for_whom = {pk: f", {one.name}" if len(own) > 1 else "" for pk, one in own.items()}
    return [
        {
            "text": f"Use {counted(one.left, one.unit, one.name)}{for_whom[one.organisation_id]}",
            "href": own[one.organisation_id].url("school-places-left"),
            "due": last_day(one),
            "next": "What is left then lapses.",
        }
        for one in found
    ]
