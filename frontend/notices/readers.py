"""Who gets an e-mail: a person, those who hold a role, an organisation's shared address."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings

from marketplace.core.actors import Role
from marketplace.messaging.models import NotificationAddress
from marketplace.messaging.queries import address_for
from marketplace.messaging.services import To
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.services.people import on_day

Purpose = NotificationAddress.Purpose


def absolute(path: str) -> str:
    """The whole address of a page."""
    return f"{settings.SITE_URL}{path}"


def to_person(person: Person | None) -> list[To]:
    """The person, unless their sign-in was ended or there is no address."""
    if person is None or not person.email or (person.user is not None and not person.user.is_active):
        return []
    return [To(person.email, person_id=person.pk)]


def to_address(organisation: Organisation, purpose: Purpose) -> list[To]:
    """The organisation's shared address for a purpose, where it has one."""
    email = address_for(organisation, purpose)
    return [To(email, organisation_id=organisation.pk, purpose=purpose.value)] if email else []


def to_roles(organisation_id: int, roles: Iterable[Role], on: date) -> list[To]:
    """Everybody who holds one of the roles at the organisation itself on a day, once each."""
    held = RoleAssignment.objects.filter(
        on_day(on), organisation_id=organisation_id, role__in=[role.value for role in roles]
    )
    people = Person.objects.filter(pk__in=held.values("person")).select_related("user").order_by("pk")
    return [to for person in people for to in to_person(person)]
