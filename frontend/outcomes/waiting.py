"""What waits of variations: those that the actor may approve for the partnership or for a party that it pays."""

from typing import Any

from django.db.models import Q

from frontend.jinja import url
from marketplace.core.actors import Actor
from subscriptions.outcomes.models import ContractVersion, OutcomeContract
from subscriptions.outcomes.services.contracting import AGREEING, DRAWING_UP

PAYS = OutcomeContract.Side.PAYS


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Variations that wait for the actor's side, oldest first; the council's desk tells its own. One query, none for others."""
    if actor.system:
        return []
    parties = actor.organisations(*AGREEING[PAYS])
    sides = Q(approved_theirs_on=None, contract__side=PAYS, contract__party__in=parties) if parties else None
    if actor.has(*DRAWING_UP):
        ours = Q(approved_ours_on=None) & ~Q(proposed_by=actor.person_id or 0)
        sides = ours if sides is None else sides | ours
    if sides is None:
        return []
    found = ContractVersion.objects.filter(sides, state=ContractVersion.State.PROPOSED, number__gt=1)
    return [
        {
            "text": f"Decide the variation of {one.contract.number}, {one.contract.title}",
            "href": url("outcome-variation", number=one.contract.number, version=one.number),
            "due": one.valid_from,
            "next": "Until both sides approve, the present terms hold.",
        }
        for one in found.select_related("contract").order_by("valid_from", "pk")[:20]
    ]
