"""A school's own scheme of delegation, and the deputies of those who approve."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from marketplace.core import events
from marketplace.core.actors import APPROVING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line, first_upper
from marketplace.organisations.models import ApprovalRule, Deputy, Organisation, Person
from marketplace.organisations.services.people import on_day

KEEPS_DAYS = 14


class DeputyOverlaps(DomainError):
    """Somebody else stands in for this person on some of these days already."""

    code = "deputy_overlaps"


@transaction.atomic
def set_approval_rule(
    *,
    organisation: Organisation,
    from_pence: int,
    valid_from: date,
    actor: Actor,
    role: Role | None = None,
    person: Person | None = None,
    email: str = "",
    title: str = "",
    keeps_days: int = KEEPS_DAYS,
) -> ApprovalRule:
    """From a day on, orders of ``from_pence`` or more (whole term, with VAT) need this approver; ends what stood before.

    Give one of: a role, a person, or a governor's address with the title by which pages name them. The partnership's
    administrator alone may do it, since whoever approves must not loosen their own scheme.
    """
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed("The scheme of delegation is changed by the partnership's office. Send them the new one.")
    if sum((role is not None, person is not None, bool(email))) != 1:
        raise WrongInput("Choose one approver: a role, a person, or a governor's address")
    if role is not None and role not in APPROVING:
        raise WrongInput(f"{first_upper(role.one)} does not approve orders. Choose approver or trust finance")
    if email:
        email, title = _address(email), clean_line(title, what="Title of the governor", limit=80)
    if not 1 <= keeps_days <= 60:
        raise WrongInput("Places must be kept for 1 to 60 days")
    end_approval_rule(organisation=organisation, from_pence=from_pence, on=valid_from, actor=actor)
    rule = ApprovalRule.objects.create(
        organisation=organisation,
        from_pence=from_pence,
        approver_role=role.value if role else "",
        approver_person=person,
        approver_email=email,
        approver_title=title,
        keeps_days=keeps_days,
        valid_from=valid_from,
    )
    events.record(
        kind="approval_rule.set",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={
            "rule": rule.pk, "from_pence": from_pence, "role": rule.approver_role,
            "person": person.pk if person else None, "from": valid_from.isoformat(), "keeps_days": keeps_days,
        },
        text={"email": email, "title": title},
        actor=actor,
    )  # fmt: skip
    return rule


def _address(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise WrongInput("Address of the governor must be like name@school.example") from None
    return email


@transaction.atomic
def end_approval_rule(*, organisation: Organisation, from_pence: int, on: date, actor: Actor) -> int:
    """Ends the step at that sum from a day on; returns how many ended. Orders already asked for keep their approver."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed("The scheme of delegation is changed by the partnership's office. Send them the new one.")
    standing = ApprovalRule.objects.filter(organisation=organisation, from_pence=from_pence)
    ended = standing.filter(valid_from__gte=on, valid_to__isnull=True).update(valid_to=on, valid_from=on)
    ended += standing.filter(on_day(on), valid_from__lt=on).update(valid_to=on)
    if ended:
        events.record(
            kind="approval_rule.ended",
            subject_kind="organisation",
            subject=organisation.number,
            organisation_ids=[organisation.pk],
            payload={"from_pence": from_pence, "on": on.isoformat()},
            actor=actor,
        )
    return ended


def may_name_deputy(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor approves there in their own right: what one holds as a deputy is not handed on."""
    own = (grant for grant in actor.grants if grant.role in APPROVING and grant.on_behalf_of_person_id is None)
    return actor.person_id is not None and any(grant.organisation_id == organisation_id for grant in own)


@transaction.atomic
def name_deputy(
    *,
    organisation: Organisation,
    deputy: Person,
    first_day: date,
    last_day: date,
    on: date,
    actor: Actor,
    spending_limit_pence: int | None = None,
) -> Deputy:
    """The actor, who approves there, is represented from the first to the last day (both included) and no longer.

    ``on`` is today: nothing is handed over in the past. ``spending_limit_pence`` may be less than what the actor may
    approve, never more. Refuses the actor themself, somebody without any role there, and days that another deputy has.
    """
    if not may_name_deputy(actor, organisation.pk):
        raise NotFound("Page not found")
    if deputy.pk == actor.person_id:
        raise WrongInput("Deputy must be somebody else")
    if not deputy.roles.filter(on_day(on), organisation=organisation).exists():
        raise WrongInput(f"{deputy.name} has no role at {organisation.name}. Choose somebody who has")
    if first_day < on:
        raise WrongInput("First day must be today or later")
    if last_day < first_day:
        raise WrongInput("Last day must be the first day or later")
    if (last_day - first_day).days > 366:
        raise WrongInput("A deputy stands in for a year at most. Name them again then")
    _check_limit(organisation, spending_limit_pence, actor)
    try:
        with transaction.atomic():
            made = Deputy.objects.create(
                organisation=organisation,
                for_person_id=actor.person_id or 0,
                deputy=deputy,
                valid_from=first_day,
                valid_to=date.fromordinal(last_day.toordinal() + 1),
                spending_limit_pence=spending_limit_pence,
            )
    except IntegrityError as error:
        if "deputy_no_overlap" not in str(error):
            raise
        raise DeputyOverlaps("You have a deputy on some of these days already. End that one first.") from None
    _record("deputy.named", made, actor)
    return made


def _check_limit(organisation: Organisation, limit: int | None, actor: Actor) -> None:
    own = actor.spending_limit(organisation.pk)
    if limit is not None and own is not None and limit > own:
        raise WrongInput(f"The deputy's limit must not exceed your own of {Money(own)}")


@transaction.atomic
def end_deputy(*, deputy: Deputy, on: date, actor: Actor) -> Deputy:
    """Ends it before its time, from today on; what was decided meanwhile stands. Only the person represented may."""
    deputy = Deputy.objects.select_for_update().get(pk=deputy.pk)
    if deputy.for_person_id != actor.person_id:
        raise NotFound("Page not found")
    if deputy.valid_to > on:
        deputy.valid_to = max(on, deputy.valid_from)
        deputy.save(update_fields=["valid_to"])
        _record("deputy.ended", deputy, actor)
    return deputy


def _record(kind: str, deputy: Deputy, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="person",
        subject=str(deputy.for_person_id),
        organisation_ids=[deputy.organisation_id],
        payload={
            "deputy": deputy.deputy_id,
            "from": deputy.valid_from.isoformat(),
            "to": deputy.valid_to.isoformat(),
            "limit_pence": deputy.spending_limit_pence,
        },
        actor=actor,
    )
