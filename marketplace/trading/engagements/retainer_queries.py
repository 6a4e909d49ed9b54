"""Reads over retainers, scoped to an actor: schools see theirs, providers and consultants theirs, the staff all."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from marketplace.core.actors import BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.retainer_models import Retainer, RetainerPeriod


def retainers_for(actor: Actor) -> QuerySet[Retainer]:
    """Retainers of the actor's schools, or that the actor's provider or they themselves deliver; newest first."""
    related = ("school", "consultant__provider__organisation", "consultant__home_school")
    found = Retainer.objects.select_related(*related).order_by("-pk")
    if actor.system or actor.has(*STAFF):
        return found
    mine = Q(school_id__in=actor.organisations(*BUYING))
    mine |= Q(consultant__provider__organisation_id__in=actor.organisations(Role.PROVIDER))
    if actor.person_id is not None and actor.has(Role.CONSULTANT):
        mine |= Q(consultant__person_id=actor.person_id)
    return found.filter(mine)


def retainer_for(actor: Actor, number: str) -> Retainer:
    """One of them by its number, or NotFound."""
    found = retainers_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@dataclass(frozen=True)
class PeriodDays:
    """A period with how many of its units have a date, and how many may still be planned."""

    period: RetainerPeriod
    planned: Decimal
    left: Decimal


def periods_of_retainer(retainer: Retainer) -> list[PeriodDays]:
    """The periods that began, latest first, each with its days. One query."""
    standing = ~Q(engagement__dates__state=EngagementDate.State.CANCELLED)
    taken = Coalesce(Sum("engagement__dates__quantity", filter=standing), Decimal(0))
    rows = retainer.begun.select_related("engagement").annotate(taken=taken).order_by("-ordinal")
    return [PeriodDays(one, one.taken, Decimal(0) if one.closed_on else retainer.quantity - one.taken) for one in rows]
