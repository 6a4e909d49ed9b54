"""Reads over people and their roles: those of one's own organisation for who keeps them, all for administrator and auditor."""

from django.db.models import F, QuerySet

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.rules.roles_held import KEEPERS

READERS = (Role.ADMINISTRATOR, Role.AUDITOR)


def sees_everybody(actor: Actor) -> bool:
    return actor.system or actor.has(*READERS)


def keeps_people(actor: Actor) -> bool:
    """Whether the actor changes what somebody may do, anywhere."""
    return actor.has(Role.ADMINISTRATOR) or bool(actor.organisations(*KEEPERS))


def may_see_people(actor: Actor) -> bool:
    return sees_everybody(actor) or keeps_people(actor)


def kept_organisations(actor: Actor) -> QuerySet[Organisation]:
    """The organisations whose people the actor keeps."""
    if actor.system or actor.has(Role.ADMINISTRATOR):
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=actor.organisations(*KEEPERS))


def roles_for(actor: Actor) -> QuerySet[RoleAssignment]:
    """Roles held, ended or to begin, with their people and organisations, as far as the actor may see them; not those
    that ended before they began."""
    roles = RoleAssignment.objects.select_related("person__user", "organisation").exclude(valid_to=F("valid_from"))
    if sees_everybody(actor):
        return roles
    return roles.filter(organisation__in=actor.organisations(*KEEPERS))


def people_for(actor: Actor) -> QuerySet[Person]:
    """Everybody for administrator and auditor; otherwise who holds or held a role where the actor keeps the people."""
    people = Person.objects.select_related("user")
    if sees_everybody(actor):
        return people
    own = RoleAssignment.objects.filter(organisation__in=actor.organisations(*KEEPERS))
    return people.filter(pk__in=own.values("person"))


def person_for(actor: Actor, pk: int) -> Person:
    """One person that the actor may see. Raises NotFound."""
    found = people_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def role_for(actor: Actor, pk: int) -> RoleAssignment:
    """One role that the actor may see. Raises NotFound."""
    found = roles_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such role.")
    return found
