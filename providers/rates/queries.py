"""Rates as each kind of person sees them: staff all, a provider and a consultant their own; schools their own price."""

from datetime import date

from django.db.models import Q, QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from providers.profiles.models import Consultant
from providers.rates.models import Rate, RateProposal, RateStep, Side
from providers.rates.negotiating import NEGOTIATING

READERS = FINANCE_READERS | {Role.ORGANISER, Role.ADMINISTRATOR}
"""Who sees what everybody costs and what is left of it."""


def rate_for(consultant: Consultant, unit: str, on: date, member: bool) -> Rate | None:
    """The rate of a unit that holds on a day for members or for others; None where none was agreed."""
    audience = Rate.Audience.MEMBER if member else Rate.Audience.OTHER
    found = _on(Rate.objects.filter(consultant=consultant, unit=unit, audience=audience), on)
    return found.first()


def prices_for(consultant: Consultant, on: date, member: bool) -> dict[str, tuple[int, int]]:
    """What a school is shown: by unit its price and the price of a mile, in pence before VAT; never the fee."""
    audience = Rate.Audience.MEMBER if member else Rate.Audience.OTHER
    found = _on(Rate.objects.filter(consultant=consultant, audience=audience), on)
    return {unit: (sell, mile) for unit, sell, mile in found.values_list("unit", "sell_pence", "mileage_pence")}


def _on(rates: QuerySet[Rate], on: date) -> QuerySet[Rate]:
    return rates.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


def rates_for(actor: Actor) -> QuerySet[Rate]:
    """Rates with both sides: all for staff; a provider's and a consultant's own; none for anybody else."""
    found = Rate.objects.select_related("consultant__provider__organisation")
    return found if actor.has(*READERS) else found.filter(_own(actor))


def proposals_for(actor: Actor) -> QuerySet[RateProposal]:
    """Negotiations, newest first: all for staff; a provider's own; the consultant's whose rates they are."""
    found = RateProposal.objects.select_related("consultant__provider__organisation").order_by("-pk")
    return found if actor.has(*READERS) else found.filter(_own(actor))


def proposal_for(actor: Actor, number: str) -> RateProposal:
    """The negotiation of that number, if it is the actor's to see; NotFound otherwise."""
    found = proposals_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def steps_of(proposal: RateProposal) -> list[RateStep]:
    """Every step in order, with who took it."""
    return list(RateStep.objects.filter(proposal=proposal).select_related("person").order_by("position"))


def rates_waiting_for(actor: Actor) -> QuerySet[RateProposal]:
    """Open negotiations in which it is the actor's turn."""
    ours = Q(waits_for=Side.PARTNERSHIP) if actor.has(*NEGOTIATING) and not actor.system else Q(pk__in=[])
    theirs = Q(waits_for=Side.PROVIDER, consultant__provider__organisation_id__in=actor.organisations(Role.PROVIDER))
    found = RateProposal.objects.select_related("consultant__provider__organisation")
    return found.filter(ours | theirs, state=RateProposal.State.OPEN).order_by("pk")


def _own(actor: Actor) -> Q:
    own = Q(consultant__provider__organisation_id__in=actor.organisations(Role.PROVIDER))
    if actor.person_id is not None and actor.has(Role.CONSULTANT):
        own |= Q(consultant__person_id=actor.person_id)
    return own
