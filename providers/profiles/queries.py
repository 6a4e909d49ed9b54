"""Consultants as each kind of person sees them: the published to all, a provider its own, staff every one."""

from django.db.models import Q, QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from providers.profiles.models import Consultant

STAFF = FINANCE_READERS | {Role.ORGANISER, Role.ADMINISTRATOR}


def consultants_for(actor: Actor) -> QuerySet[Consultant]:
    """All for the partnership's staff; one's own and the published for a provider or consultant; else the published."""
    found = Consultant.objects.select_related("provider__organisation", "home_school")
    if actor.has(*STAFF):
        return found
    shown = Q(published=True, provider__published=True)
    return found.filter(shown | _own(actor))


def own_consultants(actor: Actor) -> QuerySet[Consultant]:
    """Those that the actor is, or for whose provider they act."""
    return Consultant.objects.select_related("provider__organisation", "home_school").filter(_own(actor))


def consultant_for(actor: Actor, code: str) -> Consultant:
    """The consultant of that code, if the actor may see them; NotFound otherwise."""
    found = consultants_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound("There is no such consultant.")
    return found


def _own(actor: Actor) -> Q:
    mine = Q(provider__organisation_id__in=actor.organisations(Role.PROVIDER))
    return mine | Q(person_id=actor.person_id) if actor.person_id is not None else mine
