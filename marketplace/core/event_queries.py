"""Who sees which events. Schools and providers see those of their own organisation; staff see the whole log."""

from django.db.models import QuerySet

from marketplace.core.actors import BUYING, FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.models import Event, EventSeal

LOG_READERS = FINANCE_READERS | {Role.ADMINISTRATOR}
_OWN = BUYING | {Role.PROVIDER}


def events_for(actor: Actor) -> QuerySet[Event]:
    """The events that the actor may see: all for finance, the auditor and the administrator; for a buyer, an approver
    and a provider those in whose scope an organisation of theirs stands; nothing for anybody else."""
    if actor.has(*LOG_READERS):
        return Event.objects.all()
    own = actor.organisations(*_OWN)
    return Event.objects.filter(organisation_ids__overlap=sorted(own)) if own else Event.objects.none()


def event_for(actor: Actor, pk: int) -> Event:
    """One event. Raises NotFound for one that is not the actor's to see."""
    found = events_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(f"There is no event {pk}.")
    return found


def require_log_reader(actor: Actor) -> None:
    """Raises NotFound for everybody who does not read the whole log."""
    if not actor.has(*LOG_READERS):
        raise NotFound("Page not found")


def seals_for(actor: Actor) -> QuerySet[EventSeal]:
    """The seals, newest first, for those who read the whole log."""
    require_log_reader(actor)
    return EventSeal.objects.order_by("-number")
