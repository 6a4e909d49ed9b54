"""Who may look after a contract: those who buy for the organisation, and the finance of its trust."""

from datetime import date

from django.db.models import Q

from marketplace.core.actors import BUYING, Role
from marketplace.organisations.models import Organisation, Person, RoleAssignment, TrustMembership
from marketplace.organisations.services.people import on_day


def owners_of(organisation: Organisation, on: date) -> list[Person]:
    """By name; those whose sign-in was ended are left out."""
    trusts = TrustMembership.objects.filter(on_day(on), school_id=organisation.pk).values("trust_id")
    here = Q(organisation=organisation, role__in=[role.value for role in BUYING])
    above = Q(organisation_id__in=trusts, role=Role.TRUST_FINANCE.value)
    held = RoleAssignment.objects.filter(on_day(on), here | above)
    people = Person.objects.filter(pk__in=held.values("person_id"), user__is_active=True)
    return list(people.order_by("name", "pk"))
