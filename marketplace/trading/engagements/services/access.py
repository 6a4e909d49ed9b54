"""What somebody is told who may not do what they asked: that they may not, or nothing at all."""

from collections.abc import Iterable

from marketplace.core.actors import STAFF, Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound


def refusal(actor: Actor, organisation_ids: Iterable[int | None], to: str) -> DomainError:
    """NotAllowed for the partnership's staff and for those who act for one of the organisations; NotFound for others."""
    if actor.has(*STAFF) or actor.organisations() & set(organisation_ids):
        return NotAllowed(f"You may not {to}. Ask somebody who may.")
    return NotFound("Page not found")
