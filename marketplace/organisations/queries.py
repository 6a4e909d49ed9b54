"""Reads over organisations, scoped to an actor."""

from datetime import date

from django.db.models import QuerySet

from marketplace.core.actors import BUYING, STAFF, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Identity, Organisation, PupilCount, School
from marketplace.organisations.services.people import on_day


def partnership() -> Organisation:
    """The one partnership that this deployment is. Raises NotFound before it is set up."""
    organisation = Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).first()
    if organisation is None:
        raise NotFound("The partnership is not set up yet. Run: manage.py demo, or add it by hand.")
    return organisation


def organisations_for(actor: Actor) -> QuerySet[Organisation]:
    """Organisations the actor may see: all for the partnership's staff, otherwise their own."""
    if actor.system or actor.has(*STAFF):
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=actor.organisations())


def schools_for(actor: Actor) -> QuerySet[School]:
    """Schools the actor may see, with their organisations and authorities."""
    schools = School.objects.select_related("organisation", "authority__organisation")
    if actor.system or actor.has(*STAFF):
        return schools
    return schools.filter(pk__in=actor.organisations(*BUYING))


def identity_on(organisation: Organisation, on: date) -> Identity:
    """The organisation's identity on a day; before its first one, the first. Raises NotFound without any."""
    identities = Identity.objects.filter(organisation=organisation)
    found = identities.filter(on_day(on)).first() or identities.order_by("valid_from").first()
    if found is None:
        raise NotFound(f"{organisation.name} has no name and address on record. Add them first.")
    return found


def pupil_count_on(school: School, on: date) -> PupilCount | None:
    """The latest count made on or before the day; a school that was first counted later has none."""
    return PupilCount.objects.filter(school=school, counted_on__lte=on).order_by("-counted_on", "-pk").first()
