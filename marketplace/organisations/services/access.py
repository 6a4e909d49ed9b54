"""Who works where, as what and until when: given, limited and ended by those who keep an organisation's people.

An approver keeps the people of their school, a trust's finance those of the trust and its schools, a provider and a
commissioner their own; an administrator everybody's. Nobody changes what they may do themselves.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.models import User
from marketplace.core.money import Money
from marketplace.core.text import clean_line, first_upper
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.rules.roles_held import KEEPERS, check_apart, check_fits, roles_to_give
from marketplace.organisations.services.people import add_person, end_role, give_role

AHEAD = timedelta(days=366)
NAME_LIMIT, EMAIL_LIMIT = 120, 254


class RoleHeld(DomainError):
    """The person holds the role there already, on some of these days."""

    code = "role_held"


class OwnRole(NotAllowed):
    """Nobody says what they may do themselves."""

    code = "own_role"


@dataclass(frozen=True)
class Given:
    """A role that was given; ``new`` when the person had no sign-in before."""

    assignment: RoleAssignment
    new: bool

    @property
    def person(self) -> Person:
        return self.assignment.person


def offered(actor: Actor, organisation: Organisation) -> list[Role]:
    """The roles that the actor may give at an organisation and end there, in the order of the page; none to most."""
    held = {g.role for g in actor.grants if g.organisation_id == organisation.pk and g.on_behalf_of_person_id is None}
    administrator = actor.has(Role.ADMINISTRATOR)
    return roles_to_give(organisation.kind, held & KEEPERS, administrator=administrator)


def most_to_give(actor: Actor, organisation: Organisation) -> int | None:
    """Pence for one order: the limit above which the actor may give nobody theirs; None means no limit."""
    return None if actor.has(Role.ADMINISTRATOR) else actor.spending_limit(organisation.pk)


@transaction.atomic
def give_access(
    *,
    organisation: Organisation,
    role: Role,
    email: str,
    name: str,
    valid_from: date,
    on: date,
    actor: Actor,
    spending_limit_pence: int | None = None,
) -> Given:
    """Gives a role from ``valid_from`` on to whoever signs in with the address; who is new is added by name.

    ``on`` is today. Raises NotAllowed where the actor does not keep the organisation's people, OwnRole, RoleHeld, and
    WrongInput for a role that does not fit, a limit above the actor's own, a day in the past, an address in use by
    somebody of another name. The platform itself (a command) may give from an earlier day and names nobody twice.
    """
    check_fits(role, organisation.kind, organisation.name)
    _require_giver(actor, organisation, role)
    email, name = _address(email), clean_line(name, what="Name", limit=NAME_LIMIT, required=False)
    _check_limit(actor, organisation, role, spending_limit_pence)
    if not actor.system and not on <= valid_from <= on + AHEAD:
        raise WrongInput("The first day must be today or later, and at most a year ahead", field="first_day")
    person = _find(email)
    new = person is None or person.user_id is None
    if person is None:
        person = _added(name, email, actor)
    else:
        _check_person(person, name, organisation, actor)
        if person.user_id is None:
            person.user = User.objects.create_user(email=email)
            person.save(update_fields=["user"])
    # Two roles given at the same moment wait for each other here, so that neither misses the other.
    Person.objects.select_for_update().get(pk=person.pk)
    later = RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), person=person)
    later = later.exclude(valid_to=F("valid_from"))  # ended before it began
    standing = later.filter(role=role.value, organisation=organisation).first()
    if standing is not None:
        until = f" until {long_date(standing.valid_to - timedelta(days=1))}" if standing.valid_to else ""
        raise RoleHeld(f"{person.name} is {role.words} of {organisation.name} already{until}.")
    check_apart(role, {Role(one) for one in later.values_list("role", flat=True)})
    made = give_role(
        person=person, role=role, organisation=organisation, valid_from=valid_from, actor=actor,
        spending_limit_pence=spending_limit_pence,
    )  # fmt: skip
    return Given(made, new)


@transaction.atomic
def end_access(*, assignment: RoleAssignment, last_day: date, on: date, actor: Actor) -> RoleAssignment:
    """Ends a role after ``last_day``, today (``on``) or later; a last day of yesterday ends it now.

    Raises NotAllowed, OwnRole, and WrongInput where it has a last day already.
    """
    _require_changer(actor, assignment)
    if last_day < on - timedelta(days=1) or last_day > on + AHEAD:
        raise WrongInput("The last day must be today or later, and at most a year ahead")
    return end_role(
        person=assignment.person, role=Role(assignment.role), organisation=assignment.organisation,
        on=max(last_day + timedelta(days=1), assignment.valid_from), actor=actor,
    )  # fmt: skip


@transaction.atomic
def change_limit(
    *, assignment: RoleAssignment, spending_limit_pence: int | None, on: date, actor: Actor
) -> RoleAssignment:
    """Another limit for one order from today on, as a role of its own: what was allowed before stays on record.

    Raises NotAllowed, OwnRole, and WrongInput for a limit above the actor's own, or the one that stands.
    """
    _require_changer(actor, assignment)
    role = Role(assignment.role)
    _check_limit(actor, assignment.organisation, role, spending_limit_pence)
    if role not in BUYING:
        raise WrongInput(f"{first_upper(role.one)} orders nothing and has no limit.")
    if spending_limit_pence == assignment.spending_limit_pence:
        raise WrongInput("This is the limit already")
    start = max(on, assignment.valid_from)
    end_role(person=assignment.person, role=role, organisation=assignment.organisation, on=start, actor=actor)
    return give_role(
        person=assignment.person, role=role, organisation=assignment.organisation, valid_from=start, actor=actor,
        spending_limit_pence=spending_limit_pence,
    )  # fmt: skip


@transaction.atomic
def rename_person(*, person: Person, name: str, actor: Actor) -> Person:
    """Another name, such as after a marriage; documents keep the one they were made with. Administrators only."""
    actor.require(Role.ADMINISTRATOR, to="change a person's name")
    name, before = clean_line(name, what="Name", limit=NAME_LIMIT), person.name
    if name == before:
        raise WrongInput("This is the name already")
    person.name = name
    person.save(update_fields=["name"])
    events.record(
        kind="person.renamed", subject_kind="person", subject=str(person.pk), organisation_ids=[], payload={},
        text={"before": before, "after": name}, actor=actor,
    )  # fmt: skip
    return person


def _require_giver(actor: Actor, organisation: Organisation, role: Role) -> None:
    if actor.system or role in (allowed := offered(actor, organisation)):
        return
    if not allowed:
        raise NotAllowed(f"You may not say who may do what at {organisation.name}. Ask an administrator to do it.")
    raise NotAllowed(f"You may not make somebody {role.words} of {organisation.name}. Ask an administrator to do it.")


def _require_changer(actor: Actor, assignment: RoleAssignment) -> None:
    _require_giver(actor, assignment.organisation, Role(assignment.role))
    if actor.person_id is not None and assignment.person_id == actor.person_id:
        raise OwnRole("This is your own role. Somebody else must change or end it.")


def _check_limit(actor: Actor, organisation: Organisation, role: Role, pence: int | None) -> None:
    if role not in BUYING:
        if pence is not None:
            raise WrongInput(f"{first_upper(role.one)} orders nothing: leave the limit empty", field="limit")
        return
    if pence is not None and pence < 0:
        raise WrongInput("The limit must be £0.00 or more", field="limit")
    most = None if actor.system else most_to_give(actor, organisation)
    if most is not None and (pence is None or pence > most):
        raise WrongInput(f"The limit must be {Money(most)} or less, as your own is", field="limit")


def _check_person(person: Person, name: str, organisation: Organisation, actor: Actor) -> None:
    if actor.person_id is not None and person.pk == actor.person_id:
        raise OwnRole("This is your own address. Somebody else must give you a role.")
    if person.user is not None and not person.user.is_active:
        raise WrongInput("This person signs in no more. Use another address", field="email")
    if not name or name.casefold() == person.name.casefold():
        return
    knows = actor.system or actor.has(Role.ADMINISTRATOR) or person.roles.filter(organisation=organisation).exists()
    if not actor.system:
        whom = f"{person.name} signs" if knows else "Somebody of another name signs"
        raise WrongInput(f"{whom} in with this address. Check the address and the name", field="email")


def _added(name: str, email: str, actor: Actor) -> Person:
    """Somebody new; refused where the same address is being added at this very moment."""
    try:
        with transaction.atomic():
            return add_person(name=name, email=email, password=None, actor=actor)
    except IntegrityError as error:
        raise RoleHeld(f"{email} was added at this moment by somebody else. Look at the list of people.") from error


def _find(email: str) -> Person | None:
    """Who signs in with the address; else who is on record with it and has no sign-in."""
    known = Person.objects.select_related("user")
    signs = known.filter(user__email__iexact=email).first()
    return signs or known.filter(user__isnull=True, email__iexact=email).order_by("pk").first()


def _address(email: str) -> str:
    email = clean_line(email, what="E-mail address", limit=EMAIL_LIMIT).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise WrongInput("Enter an e-mail address, like name@school.example", field="email") from error
    return email
