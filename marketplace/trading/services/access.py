"""Who may buy for whom."""

from datetime import date

from django.db.models import Q

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.organisations.models import Organisation, TrustMembership
from marketplace.organisations.services.people import on_day


def buying_person(actor: Actor, organisation: Organisation) -> int:
    """The person behind the actor, who must hold a buying role at the organisation. Outsiders are told nothing."""
    if organisation.pk not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    if actor.person_id is None:
        raise NotAllowed("Only a person can order. Sign in as somebody who buys for this school.")
    return actor.person_id


def check_receives(organisation: Organisation, school: Organisation, on: date) -> None:
    """Refuses a school that the organisation cannot buy for: itself, or a trust's schools while they belong to it."""
    if school.pk == organisation.pk:
        return
    belongs = TrustMembership.objects.filter(on_day(on), Q(trust_id=organisation.pk, school_id=school.pk))
    if not belongs.exists():
        raise NotAllowed(f"{organisation.name} cannot buy for {school.name}. Choose one of its own schools.")
