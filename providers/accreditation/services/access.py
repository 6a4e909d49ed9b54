"""Who may do what about accreditation. People are compared, never logins."""

from django.db.models import Q

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.organisations.models import Organisation, RoleAssignment
from providers.profiles.models import Consultant, Provider

DECIDERS = frozenset({Role.ORGANISER, Role.PANEL})


class Interested(DomainError):
    """Whoever works for the provider, at the home school, or is the consultant, decides nothing about them."""

    code = "has_an_interest"
    status = 403


def require_provider(actor: Actor, provider: Provider, *, to: str) -> None:
    """Refuses unless the actor acts for the provider."""
    if not actor.system and provider.organisation_id not in actor.organisations(Role.PROVIDER):
        raise NotAllowed(f"You may not {to}. Ask somebody of {provider.organisation.name} to do it.")


def require_decider(actor: Actor, *, to: str) -> None:
    """Refuses unless the actor accredits: an organiser or a member of the panel."""
    actor.require(*sorted(DECIDERS), to=to)


def require_no_interest(actor: Actor, provider: Provider, consultant: Consultant | None = None) -> None:
    """Raises Interested where the person is the consultant, or holds any role at the provider or the home school.

    By person: roles that they hold under whatever login count, today's or not yet ended.
    """
    home = {consultant.home_school_id} if consultant is not None and consultant.home_school_id is not None else set()
    person = actor.person_id
    # The partnership may be a provider itself: then only those who deliver for it have an interest, not all its staff.
    of_us = provider.organisation.kind == Organisation.Kind.PARTNERSHIP
    delivering = Role.PROVIDER, Role.CONSULTANT
    own = actor.organisations(*(delivering if of_us else ()), deputies=True) & {provider.organisation_id}
    own |= actor.organisations(deputies=True) & home
    at_provider = Q(organisation=provider.organisation_id)
    if of_us:
        at_provider &= Q(role__in=delivering)
    roles = RoleAssignment.objects.filter(at_provider | Q(organisation__in=home), person=person or 0, valid_to=None)
    works_there = person is not None and (
        roles.exists() or provider.consultants.filter(person_id=person, left_on=None).exists()
    )
    is_it = person is not None and consultant is not None and consultant.person_id == person
    if is_it or works_there or own:
        raise Interested(
            "You work for the provider or the home school, or it is about you, so somebody else must decide. "
            "Nothing was recorded."
        )


def own_provider(actor: Actor, code: str) -> Provider:
    """The provider of that code where the actor acts for it; NotFound otherwise."""
    found = Provider.objects.select_related("organisation").filter(
        code=code, organisation_id__in=actor.organisations(Role.PROVIDER)
    )
    provider = found.first()
    if provider is None:
        raise NotFound("Page not found")
    return provider
