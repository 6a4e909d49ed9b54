"""Reads over organisations, scoped to an actor."""

from datetime import date

from django.db.models import Q, QuerySet

from marketplace.core.actors import APPROVING, BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import (
    ApprovalRule,
    Deputy,
    Identity,
    Organisation,
    Person,
    PupilCount,
    RoleAssignment,
    School,
    TrustMembership,
)
from marketplace.organisations.rules.financial_year import (
    COUNCIL_FIRST_MONTH,
    TRUST_FIRST_MONTH,
    financial_year,
    first_month_of,
)
from marketplace.organisations.services.people import on_day


def partnership() -> Organisation:
    """The one partnership that this deployment is. Raises NotFound before it is set up."""
    organisation = Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).first()
    if organisation is None:
        raise NotFound("The partnership is not set up yet. Run: manage.py demo, or add it by hand.")
    return organisation


def financial_year_of(organisation: Organisation, day: date) -> Period | None:
    """The organisation's financial year in which the day lies; None where its kind does not tell when it begins."""
    if organisation.kind == Organisation.Kind.TRUST:
        return financial_year(day, TRUST_FIRST_MONTH)
    if organisation.kind == Organisation.Kind.AUTHORITY:
        return financial_year(day, COUNCIL_FIRST_MONTH)
    billing_class = School.objects.filter(organisation=organisation).values_list("billing_class", flat=True).first()
    month = first_month_of(billing_class or "")
    return financial_year(day, month) if month else None


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


def approval_rule_on(organisation: Organisation, pence: int, on: date) -> ApprovalRule | None:
    """The step of the organisation's scheme of delegation for a sum on a day: the highest that begins at or below it."""
    rules = ApprovalRule.objects.filter(on_day(on), organisation=organisation, from_pence__lte=pence)
    return rules.select_related("approver_person").order_by("-from_pence").first()


def approvers_of(organisation: Organisation, pence: int, on: date, *, role: str = "") -> list[Person]:
    """Who may approve that sum there on a day in their own right, by name: approvers, and the finance of its trust, as
    far as they can sign in."""
    trusts = TrustMembership.objects.filter(on_day(on), school_id=organisation.pk).values("trust_id")
    here = Q(organisation=organisation, role__in=APPROVING)
    above = Q(organisation_id__in=trusts, role=Role.TRUST_FINANCE)
    covers = Q(spending_limit_pence__isnull=True) | Q(spending_limit_pence__gte=pence)
    held = RoleAssignment.objects.filter(on_day(on), here | above, covers)
    if role:
        held = held.filter(role=role)
    people = Person.objects.filter(pk__in=held.values("person_id"), user__is_active=True)
    return list(people.order_by("name", "pk"))


def deputy_partners(person_id: int | None, on: date) -> set[int]:
    """Who stands in for a person on a day and for whom that person stands in, anywhere."""
    either = Q(for_person_id=person_id) | Q(deputy_id=person_id)
    pairs = Deputy.objects.filter(on_day(on), either).values_list("for_person_id", "deputy_id")
    return {one for pair in pairs for one in pair if one != person_id}


def deputies_of(person_id: int | None, organisation: Organisation, on: date) -> QuerySet[Deputy]:
    """Those who stand in, or will, for a person at an organisation; earliest first."""
    found = Deputy.objects.filter(for_person_id=person_id, organisation=organisation, valid_to__gt=on)
    return found.select_related("deputy").order_by("valid_from")
