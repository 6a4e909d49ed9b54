"""What waits for a second person, for who may see it."""

from django.db.models import QuerySet

from invoicing.second_person.models import PreparedAction
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.core.errors import NotFound


def prepared_for(actor: Actor) -> QuerySet[PreparedAction]:
    """What was prepared for approval, newest first: for finance and the auditor. Anybody else is told nothing."""
    if not actor.system and not actor.has(*FINANCE_READERS):
        raise NotFound("There is no such page.")
    return PreparedAction.objects.select_related("organisation", "prepared_by", "decided_by").order_by("-pk")


def prepared_one(actor: Actor, pk: int) -> PreparedAction:
    """One of them, or NotFound."""
    found = prepared_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is nothing to approve here.")
    return found
