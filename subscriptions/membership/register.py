"""The register of members: classes, entries and who votes. An entry sets the price class over the same days.

| entry | becomes | by |
|---|---|---|
| – | runs, until its end or open | ``enter_member``: what runs on that day ends there |
| runs | ended on a day, with the reason | ``leave_register``: a non-member's prices from then on |
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from catalogue.rules.classes import PriceClass
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.membership.models import MemberClass, MemberEntry
from subscriptions.tiers.models import CLASSES
from subscriptions.tiers.services import set_membership

MOST_VOTES = Decimal(9999)


class MemberClassExists(DomainError):
    """A code names one class for ever."""

    code = "member_class_exists"


class EntryOverlaps(DomainError):
    """The days lie across an entry that begins later."""

    code = "member_entry_overlaps"


class NotThatMembersPerson(DomainError):
    """Whoever votes for a member holds a role there."""

    code = "voter_not_of_member"


class EntryEnded(DomainError):
    """What ended is not changed any more."""

    code = "member_entry_ended"


def _require(actor: Actor) -> None:
    actor.require(Role.FINANCE_MANAGER, to="keep the register of members")


@transaction.atomic
def add_member_class(*, code: str, name: str, votes: Decimal, price_class: PriceClass, actor: Actor) -> MemberClass:
    """A class of members with its votes (0 to 9,999, at most 2 decimals) and the prices it buys at. By a finance manager.

    Raises MemberClassExists for a code that is taken.
    """
    _require(actor)
    code = clean_line(code, what="Code", limit=20).lower()
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise WrongInput("Code must be letters, digits and hyphens, like full")
    if not (votes.is_finite() and 0 <= votes <= MOST_VOTES) or votes != votes.quantize(Decimal("0.01")):
        raise WrongInput("Votes must be a number from 0 to 9,999 with at most 2 decimals")
    if price_class not in CLASSES:
        raise WrongInput(f"Prices must be those of one of {', '.join(one.words for one in CLASSES)}")
    made = MemberClass(
        code=code, name=clean_line(name, what="Name", limit=60), votes=votes, price_class=int(price_class)
    )
    if not insert_once(made):
        raise MemberClassExists(f"There is a class {code} already. Choose another code.")
    events.record(
        kind="member_class.added",
        subject_kind="member_class",
        subject=code,
        organisation_ids=[],
        payload={"votes": str(votes), "prices": price_class.code},
        actor=actor,
    )
    return made


@transaction.atomic
def enter_member(
    *,
    organisation: Organisation,
    member_class: MemberClass,
    valid_from: date,
    actor: Actor,
    valid_to: date | None = None,
    voter: Person | None = None,
) -> MemberEntry:
    """Enters an organisation over ``[valid_from, valid_to)`` and sets its price class over the same days.

    An entry that runs on the first day ends there; the same call again returns what exists. Raises EntryOverlaps,
    MembershipOverlaps (prices agreed for later days), NotThatMembersPerson. By a finance manager.
    """
    _require(actor)
    if organisation.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership is no member of itself")
    if valid_to is not None and valid_to <= valid_from:
        raise WrongInput("The last day of a membership must be after its first")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if voter is not None:
        _require_of(voter, organisation, valid_from)
    rows = MemberEntry.objects.filter(organisation=organisation)
    same = rows.filter(valid_from=valid_from, valid_to=valid_to, member_class=member_class).first()
    if same is not None:
        return same
    later = rows.filter(valid_from__gte=valid_from)
    if valid_to is not None:
        later = later.filter(valid_from__lt=valid_to)
    if (across := later.order_by("valid_from").first()) is not None:
        raise EntryOverlaps(
            f"{organisation.name} is in the register from {across.valid_from:%-d %B %Y} already. "
            "End the new entry on that day, or choose a later one."
        )
    before = rows.filter(on_day(valid_from)).select_related("member_class").first()
    if before is not None:
        rows.filter(pk=before.pk).update(valid_to=valid_from)
    made = MemberEntry.objects.create(
        organisation=organisation, member_class=member_class, valid_from=valid_from, valid_to=valid_to, voter=voter
    )
    set_membership(
        organisation=organisation, price_class=PriceClass(member_class.price_class), valid_from=valid_from,
        valid_to=valid_to, actor=actor,
    )  # fmt: skip
    _record(
        "member.entered", made, actor, before={"class": before.member_class.code if before else None},
        after={"class": member_class.code}, to=valid_to.isoformat() if valid_to else None,
    )  # fmt: skip
    return made


@transaction.atomic
def leave_register(*, entry: MemberEntry, on: date, reason: str, actor: Actor) -> MemberEntry:
    """The organisation is no member from ``on`` on, and buys as a non-member until what was entered for later.

    Raises EntryEnded where it ended already, or on that day or before. By a finance manager, with a reason.
    """
    _require(actor)
    reason = clean_line(reason, what="Reason", limit=240)
    organisation = Organisation.objects.select_for_update().get(pk=entry.organisation_id)
    row = MemberEntry.objects.select_for_update(of=("self",)).select_related("member_class").get(pk=entry.pk)
    if row.left_because or (row.valid_to is not None and row.valid_to <= on):
        raise EntryEnded(f"The membership of {organisation.name} ends on {row.valid_to:%-d %B %Y} already.")
    if on <= row.valid_from:
        raise WrongInput(f"The membership must end after {row.valid_from:%-d %B %Y}, when it began")
    MemberEntry.objects.filter(pk=row.pk).update(valid_to=on, left_because=reason)
    following = MemberEntry.objects.filter(organisation=organisation, valid_from__gte=on).order_by("valid_from").first()
    set_membership(
        organisation=organisation, price_class=PriceClass.NON_MEMBER, valid_from=on,
        valid_to=following.valid_from if following else row.valid_to, actor=actor,
    )  # fmt: skip
    row.refresh_from_db()
    _record("member.left", row, actor, text=reason, on=on.isoformat())
    return row


@transaction.atomic
def name_voter(*, entry: MemberEntry, person: Person | None, on: date, actor: Actor) -> MemberEntry:
    """Who casts the member's votes; nobody takes the name away. Raises NotThatMembersPerson, EntryEnded.

    By a finance manager, for a person who holds a role at the member.
    """
    _require(actor)
    row = MemberEntry.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=entry.pk)
    if row.valid_to is not None and row.valid_to <= on:
        raise EntryEnded(f"The membership of {row.organisation.name} ended on {row.valid_to:%-d %B %Y}.")
    if person is not None:
        _require_of(person, row.organisation, on)
    before = row.voter_id
    MemberEntry.objects.filter(pk=row.pk).update(voter=person)
    row.refresh_from_db()
    _record("member.voter_named", row, actor, before={"person": before}, after={"person": row.voter_id})
    return row


def _require_of(person: Person, organisation: Organisation, on: date) -> None:
    if not RoleAssignment.objects.filter(on_day(on), person=person, organisation=organisation).exists():
        raise NotThatMembersPerson(
            f"{person.name} holds no role at {organisation.name}. Choose somebody of {organisation.name}."
        )


def _record(kind: str, entry: MemberEntry, actor: Actor, *, text: str = "", **payload: object) -> None:
    events.record(
        kind=kind,
        subject_kind="organisation",
        subject=entry.organisation.number,
        organisation_ids=[entry.organisation_id],
        payload={"from": entry.valid_from.isoformat(), **payload},
        text={"reason": text} if text else None,
        actor=actor,
    )
