"""Peer review and the register of support, for the partnership's organisers and finance; the auditor reads."""

from django.db.models import QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.trading.engagements.review_models import ReviewRound, SupportEntry

READERS = FINANCE_READERS | {Role.ORGANISER}


def require_reader(actor: Actor) -> None:
    """Raises NotFound for anybody who does not work with them: they are not shown to exist."""
    if not actor.has(*READERS):
        raise NotFound("There is no such page.")


def reviews_for(actor: Actor) -> QuerySet[ReviewRound]:
    """Every round, newest first."""
    require_reader(actor)
    return ReviewRound.objects.order_by("-pk")


def review_for(actor: Actor, number: str) -> ReviewRound:
    """The round of that number; NotFound otherwise."""
    found = reviews_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such round of reviews.")
    return found


def support_for(actor: Actor) -> QuerySet[SupportEntry]:
    """The whole register, newest first."""
    require_reader(actor)
    return SupportEntry.objects.select_related("giver", "receiver").order_by("-valid_from", "-pk")
