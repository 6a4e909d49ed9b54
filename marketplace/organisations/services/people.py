"""People, their roles, and the actor that a login stands for on a day."""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Q

from marketplace.core import events
from marketplace.core.actors import ANONYMOUS, APPROVING, Actor, Grant, Role
from marketplace.core.errors import WrongInput
from marketplace.core.models import User
from marketplace.core.text import clean_line
from marketplace.organisations.models import Deputy, Organisation, Person, RoleAssignment, TrustMembership


def on_day(day: date) -> Q:
    """Rows whose half-open dates contain the day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def actor_for(*, user: User, on: date) -> Actor:
    """The actor behind a login on a day, with what they decide as somebody's deputy that day.

    A trust finance role also reaches each school that belongs to the trust then.
    """
    person = Person.objects.filter(user=user).first()
    if person is None:
        return Actor(person_id=None, user_id=user.pk, name=user.email)
    assignments = RoleAssignment.objects.filter(on_day(on), person=person)
    held = {Grant(Role(a.role), a.organisation_id, a.spending_limit_pence) for a in assignments}
    held |= _as_deputy(person, on)
    at_trusts = [grant for grant in held if grant.role == Role.TRUST_FINANCE]
    if at_trusts:
        members = TrustMembership.objects.filter(
            on_day(on), trust_id__in={grant.organisation_id for grant in at_trusts}
        )
        schools = list(members.values_list("trust_id", "school_id"))
        held |= {
            replace(grant, organisation_id=school)
            for grant in at_trusts
            for trust, school in schools
            if trust == grant.organisation_id
        }
    return Actor(person_id=person.pk, user_id=user.pk, name=person.name, grants=frozenset(held))


def _as_deputy(person: Person, on: date) -> set[Grant]:
    """What those whom the person represents may approve today, within the deputy's own limit. Never a deputy's deputy:
    only roles held count, at the organisation itself or as the finance of its trust."""
    found: set[Grant] = set()
    for deputy in Deputy.objects.filter(on_day(on), deputy=person):
        trusts = TrustMembership.objects.filter(on_day(on), school_id=deputy.organisation_id).values("trust_id")
        here = Q(organisation=deputy.organisation_id, role__in=APPROVING)
        above = Q(organisation__in=trusts, role=Role.TRUST_FINANCE)
        roles = RoleAssignment.objects.filter(on_day(on), here | above, person=deputy.for_person_id)
        for one in roles:
            limits = [limit for limit in (one.spending_limit_pence, deputy.spending_limit_pence) if limit is not None]
            limit = min(limits) if limits else None
            found.add(Grant(Role(one.role), deputy.organisation_id, limit, on_behalf_of_person_id=deputy.for_person_id))
    return found


def anonymous() -> Actor:
    return ANONYMOUS


@transaction.atomic
def add_person(*, name: str, email: str, password: str | None, actor: Actor) -> Person:
    """A person with a login. Refuses an address that already signs somebody in."""
    name = clean_line(name, what="Name", limit=120)
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise WrongInput(f"{email} already has a sign-in. Give that person the role instead.")
    user = User.objects.create_user(email=email, password=password)
    person = Person.objects.create(user=user, name=name, email=user.email)
    events.record(
        kind="person.added", subject_kind="person", subject=str(person.pk), organisation_ids=[], payload={}, actor=actor
    )
    return person


@transaction.atomic
def give_role(
    *,
    person: Person,
    role: Role,
    organisation: Organisation,
    valid_from: date,
    actor: Actor,
    spending_limit_pence: int | None = None,
) -> RoleAssignment:
    """Gives a role from a date; giving one that is already held returns it unchanged."""
    assignment, made = RoleAssignment.objects.get_or_create(
        person=person,
        role=role.value,
        organisation=organisation,
        valid_to=None,
        defaults={"valid_from": valid_from, "spending_limit_pence": spending_limit_pence},
    )
    if made:
        events.record(
            kind="role.given",
            subject_kind="person",
            subject=str(person.pk),
            organisation_ids=[organisation.pk],
            payload={"role": role.value, "from": valid_from.isoformat(), "limit_pence": spending_limit_pence},
            actor=actor,
        )
    return assignment


@transaction.atomic
def end_role(*, person: Person, role: Role, organisation: Organisation, on: date, actor: Actor) -> RoleAssignment:
    """Ends a role that is held: on that day the person no longer holds it. Refused where it is not held, or begins later."""
    held = RoleAssignment.objects.select_for_update().filter(
        person=person, role=role.value, organisation=organisation, valid_to=None
    )
    assignment = held.first()
    if assignment is None:
        raise WrongInput(f"{person.name} is no {role.words} of {organisation}, or has a last day already.")
    if on < assignment.valid_from:
        raise WrongInput(f"This role begins on {assignment.valid_from.isoformat()}. Choose that day or a later one.")
    assignment.valid_to = on
    assignment.save(update_fields=["valid_to"])
    events.record(
        kind="role.ended",
        subject_kind="person",
        subject=str(person.pk),
        organisation_ids=[organisation.pk],
        payload={"role": role.value, "to": on.isoformat()},
        actor=actor,
    )
    return assignment
