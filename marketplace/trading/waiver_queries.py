"""Waivers, scoped to an actor: buyers see those of their places, the organisers and the partnership's other staff all."""

from django.db.models import QuerySet

from marketplace.core.actors import BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.files import visible_to
from marketplace.trading.models import Waiver
from marketplace.trading.queries import bookings_for
from marketplace.trading.services.waivers import OWNER_KIND


def waivers_for(actor: Actor) -> QuerySet[Waiver]:
    """Newest first, with the place, its course, its school and its order."""
    found = Waiver.objects.select_related(
        "booking__run__offer", "booking__school", "booking__order_line__order__organisation", "asked_by_person",
        "decided_by_person",
    ).order_by("-pk")  # fmt: skip
    if actor.system or actor.has(*STAFF):
        return found
    if not actor.has(*BUYING):
        return found.none()
    return found.filter(booking__in=bookings_for(actor).values("pk"))


def waiver_for(actor: Actor, pk: int) -> Waiver:
    """One waiver, or NotFound whether it is missing or not the actor's."""
    found = waivers_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such waiver.")
    return found


@visible_to(OWNER_KIND)
def sees_evidence(actor: Actor, owner: str) -> bool:
    """Evidence is for the organisers alone."""
    return actor.has(Role.ORGANISER)
