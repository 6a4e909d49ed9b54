"""Names that a school has booked before, offered while typing."""

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.queries import bookings_for

MOST = 50


def known_names(actor: Actor, school: Organisation) -> list[str]:
    """People whom the actor may see among the school's bookings, in order of their names."""
    named = bookings_for(actor).filter(school=school).exclude(delegate_name="")
    return list(named.order_by("delegate_name").values_list("delegate_name", flat=True).distinct()[:MOST])
