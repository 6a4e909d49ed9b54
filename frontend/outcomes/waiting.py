"""What waits of variations: those that the actor may approve for the partnership or for the other party."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from frontend.jinja import url
from marketplace.core.actors import Actor
from subscriptions.outcomes.models import ContractVersion
from subscriptions.outcomes.services.contracting import AGREEING, DRAWING_UP


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Variations that wait for the actor's side, the soonest to begin first. One query, none for others."""
    if actor.system:
        return []
    others = ~Q(proposed_by=actor.person_id or 0)
    sides = [
        Q(approved_theirs_on=None, contract__side=side, contract__party__in=parties) & others
        for side, roles in AGREEING.items()
        if (parties := actor.organisations(*roles))
    ]
    if actor.has(*DRAWING_UP):
        sides.append(Q(approved_ours_on=None) & others)
    if not sides:
        return []
    found = ContractVersion.objects.filter(reduce(or_, sides), state=ContractVersion.State.PROPOSED, number__gt=1)
    return [
        {
            "text": f"Decide the variation of {one.contract.number}, {one.contract.title}",
            "href": url("outcome-variation", number=one.contract.number, version=one.number),
            "due": one.valid_from,
            "next": "Until both sides approve, the present terms hold.",
        }
        for one in found.select_related("contract").order_by("valid_from", "pk")[:20]
    ]
