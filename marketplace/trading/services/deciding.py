"""Deciding on an order: by a second person signed in, or by a board on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, BinaryIO

from django.db import transaction

from marketplace.core.actors import APPROVING, BUYING, Actor, Grant
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import SCANS
from marketplace.core.files import store_file
from marketplace.core.money import Money
from marketplace.core.periods import add_months
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import RoleAssignment
from marketplace.organisations.queries import deputy_partners
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Approval, ApprovalRecusal
from marketplace.trading.papers import OWNER_KIND
from marketplace.trading.queries import approval_for
from marketplace.trading.services.closing import already_decided, check_in_time, close, record

REASON_LIMIT = 500


class Answer(StrEnum):
    """What one may say when asked."""

    APPROVE = "approve"
    DECLINE = "decline"
    INTEREST = "interest"
    NOT_FOR_ME = "not_for_me"


STATES = {Answer.APPROVE: Approval.State.APPROVED, Answer.DECLINE: Approval.State.DECLINED}
RECUSALS = {Answer.INTEREST: ApprovalRecusal.Kind.INTEREST, Answer.NOT_FOR_ME: ApprovalRecusal.Kind.NOT_FOR_ME}
_RECUSED = {Answer.INTEREST: "order.approval_interest", Answer.NOT_FOR_ME: "order.approval_passed_on"}


@dataclass(frozen=True)
class Standing:
    """Whether somebody may decide; if not, why. ``on_behalf_of_person_id`` is whom they stand in for."""

    may: bool
    reason: str = ""
    on_behalf_of_person_id: int | None = None


def standing(*, approval: Approval, on: date, actor: Actor) -> Standing:
    """Whether the actor may decide on a day. People are compared, never logins.

    Never the person who asked, nor anybody who stands in for that person or whom that person stands in for. The limit
    of the role must cover the whole term's sum.
    """
    return standings(approvals=[approval], on=on, actor=actor)[approval.pk]


def standings(*, approvals: Sequence[Approval], on: date, actor: Actor) -> dict[int, Standing]:
    """The same for many approvals, by their ids. Three queries at most, however many there are."""
    waiting = [one.pk for one in approvals if one.state == Approval.State.WAITING]
    linked, recused = set[int](), set[int]()
    if waiting and actor.person_id is not None:
        interests = ApprovalRecusal.objects.filter(
            approval__in=waiting, person=actor.person_id, kind=ApprovalRecusal.Kind.INTEREST
        )
        linked = deputy_partners(actor.person_id, on)
        recused = set(interests.values_list("approval_id", flat=True))
    return {one.pk: _standing(one, on, actor, linked, one.pk in recused) for one in approvals}


def _standing(approval: Approval, on: date, actor: Actor, linked: set[int], recused: bool) -> Standing:
    reason = _in_the_way(approval, on, actor, linked, recused)
    if reason:
        return Standing(False, reason)
    grants = [one for one in _grants(approval, actor) if one.on_behalf_of_person_id != approval.asked_by_person_id]
    if not grants:
        return Standing(False, "You do not approve orders here, or this one goes to somebody else.")
    covering = [grant for grant in grants if _covers(grant, approval)]
    if not covering:
        return Standing(False, f"{Money(approval.committed_pence)} is more than you may approve. Ask somebody who may.")
    own = [grant for grant in covering if grant.on_behalf_of_person_id is None]
    return Standing(True, on_behalf_of_person_id=None if own else covering[0].on_behalf_of_person_id)


def _in_the_way(approval: Approval, on: date, actor: Actor, linked: set[int], recused: bool) -> str:
    """What keeps the actor from deciding whatever roles they hold."""
    asker = approval.asked_by_person_id
    if approval.state != Approval.State.WAITING:
        return f"{approval.order.number} does not wait any more: {approval.get_state_display().lower()}."
    if on > approval.kept_until:
        return f"The places and the price were kept until {long_date(approval.kept_until)}."
    if actor.person_id is None:
        return "Only a person can decide. Sign in as somebody who approves."
    if actor.person_id == asker:
        return "You asked for this order, so someone else must approve it."
    if approval.by_link:
        return f"It goes to {approval.approver_title}, who decides by a link sent to them."
    if asker in linked:
        name = approval.asked_by_person.name
        return f"You and {name} stand in for each other, so someone else must approve it."
    return "You declared an interest, so someone else must approve it." if recused else ""


def _grants(approval: Approval, actor: Actor) -> list[Grant]:
    """The actor's approving roles at the organisation that the rule asks for, the person's own before a deputy's."""
    named, role = approval.approver_person_id, approval.approver_role
    found = [
        grant
        for grant in actor.grants
        if grant.organisation_id == approval.organisation_id
        and grant.role in APPROVING
        and role in ("", grant.role.value)
        and named in (None, grant.on_behalf_of_person_id or actor.person_id)
    ]
    return sorted(found, key=lambda grant: (grant.on_behalf_of_person_id or 0, grant.role.value))


def _covers(grant: Grant, approval: Approval) -> bool:
    return grant.spending_limit_pence is None or grant.spending_limit_pence >= approval.committed_pence


@transaction.atomic
def decide(*, approval: Approval, answer: Answer, on: date, actor: Actor, reason: str = "") -> Approval:
    """Records what a second person says, once.

    Approving places the order: places are booked, items to invoice made at the frozen price. Not approving needs a
    reason and gives the places back. An interest, or "not for me", leaves it waiting for somebody else. Refuses whoever
    ``standing`` refuses (NotAllowed), a second decision (AlreadyDecided), one after the last day (ApprovalRanOut).
    """
    approval = approval_for(actor, approval.order.number)
    if approval.state != Approval.State.WAITING:
        raise already_decided(approval)
    check_in_time(approval, on)
    found = standing(approval=approval, on=on, actor=actor)
    if not found.may:
        raise NotAllowed(found.reason)
    reason = clean_reason(reason, answer)
    if answer in RECUSALS:
        return recuse(approval=approval, answer=answer, on=on, actor=actor, text={"reason": reason})
    return close(
        approval=approval,
        state=STATES[answer],
        on=on,
        actor=actor,
        text={"reason": reason},
        how=Approval.How.SIGNED_IN,
        decided_by_person_id=actor.person_id,
        on_behalf_of_person_id=found.on_behalf_of_person_id,
    )


def clean_reason(reason: str, answer: Answer) -> str:
    """One line; needed where an order is not approved."""
    return clean_line(reason, what="Reason", limit=REASON_LIMIT, required=answer == Answer.DECLINE)


def recuse(*, approval: Approval, answer: Answer, on: date, actor: Actor, text: dict[str, str]) -> Approval:
    """Somebody will not decide; the order waits on. Said twice is said once."""
    found: dict[str, Any] = {"approval": approval, "person_id": actor.person_id, "kind": RECUSALS[answer]}
    _, made = ApprovalRecusal.objects.get_or_create(**found, defaults={"on": on})
    if made:
        record(_RECUSED[answer], approval, actor, text=text)
    return approval


@transaction.atomic
def record_paper(
    *,
    approval: Approval,
    approved: bool,
    minute_reference: str,
    minuted_on: date,
    on: date,
    actor: Actor,
    reason: str = "",
    scan: bytes | BinaryIO | None = None,
    scan_name: str = "",
) -> Approval:
    """Records what a board decided at a meeting, by the reference and date of its minute.

    The scan (PDF, PNG or JPEG) is always needed; the meeting was at most a year before the order was sent for approval.
    Whoever holds a role there to buy or approve may record it, whatever their limit: the person who asked, too, but
    nobody who stands in for that person, is stood in for by them, or declared an interest (NotAllowed).
    Such decisions are marked for the auditor.
    """
    approval = approval_for(actor, approval.order.number)
    if approval.organisation_id not in actor.organisations(*BUYING, deputies=True) or actor.person_id is None:
        raise NotFound("Page not found")
    if approval.state != Approval.State.WAITING:
        raise already_decided(approval)
    if reason_against := paper_refusal(approval=approval, on=on, actor=actor):
        raise NotAllowed(reason_against)
    reference = clean_line(minute_reference, what="Reference of the minute", limit=60)
    reason = clean_reason(reason, Answer.APPROVE if approved else Answer.DECLINE)
    _check_meeting(minuted_on, approval, on)
    if scan is None:
        raise WrongInput("Choose a scan of the minute: a decision on paper is recorded with it")
    stored = store_file(
        upload=scan,
        name=scan_name,
        owner_kind=OWNER_KIND,
        owner=approval.order.number,
        organisation_id=approval.organisation_id,
        allowed=SCANS,
        actor=actor,
    )
    return close(
        approval=approval,
        state=STATES[Answer.APPROVE if approved else Answer.DECLINE],
        on=on,
        actor=actor,
        text={"reason": reason},
        how=Approval.How.PAPER,
        recorded_by_person_id=actor.person_id,
        minute_reference=reference,
        minuted_on=minuted_on,
        scan=stored,
    )


def _check_meeting(minuted_on: date, approval: Approval, on: date) -> None:
    """Refuses a meeting of the future, and one too long ago to have been about this order."""
    if minuted_on > on:
        raise WrongInput(f"Date of the meeting must be {long_date(on)} or earlier")
    first = add_months(approval.asked_on, -12)
    if minuted_on < first:
        raise WrongInput(f"Date of the meeting must be {long_date(first)} or later")


def paper_refusal(*, approval: Approval, on: date, actor: Actor) -> str:
    """Why the actor may not record the board's decision; nothing where they may. Roles must be held at the organisation
    itself: neither a deputy's nor those of its trust count."""
    here = RoleAssignment.objects.filter(
        on_day(on), person=actor.person_id, organisation=approval.organisation_id, role__in=BUYING
    )
    if approval.organisation_id not in actor.organisations(*BUYING) or not here.exists():
        name = approval.organisation.name
        return (
            f"A decision on paper is recorded by somebody who buys or approves at {name} themselves. Ask one of them."
        )
    if approval.asked_by_person_id in deputy_partners(actor.person_id, on):
        name = approval.asked_by_person.name
        return f"You and {name} stand in for each other, so someone else must record the decision."
    interest = ApprovalRecusal.Kind.INTEREST
    if ApprovalRecusal.objects.filter(approval=approval, person=actor.person_id, kind=interest).exists():
        return "You declared an interest, so someone else must record the decision."
    return ""
