"""Signed links for a governor without an account: one use, seven days, nothing personal in the address.

Opening a link uses nothing up, since mail scanners open links; recording an answer does. A link that is unknown, used or
too old, or whose order was decided otherwise, is told apart by nobody.
"""

from datetime import datetime

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.signed_links import GONE, claim, links_of, make_link, usable
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day
from marketplace.trading.models import Approval, ApprovalLink, ApprovalRecusal
from marketplace.trading.services.approvals import claim_reminder
from marketplace.trading.services.closing import close, record
from marketplace.trading.services.deciding import RECUSALS, STATES, Answer, clean_reason, recuse

# Whoever holds the link acts; who that is they say themselves, in the event's text.
GOVERNOR = Actor(person_id=None, user_id=None, name="By signed link")


class LinkGone(DomainError):
    """The link cannot be used (any more). Never says why, nor whose it was."""

    code = "link_gone"
    status = 404


class NoLink(DomainError):
    """No link can be made: a decision was made, nobody decides by link, or the governor declared an interest."""

    code = "no_link"


@transaction.atomic
def new_link(*, approval: Approval, at: datetime) -> str:
    """A fresh token for the address ``/decide/{token}``, given once and kept only as its digest.

    Called when the mail to the governor is composed. A reminder's link does not end the one before it: whichever mail
    the governor opens works, and the first answer closes the order. Raises NoLink.
    """
    approval.refresh_from_db()
    if approval.state != Approval.State.WAITING or not approval.by_link or _interested(approval):
        raise NoLink(f"No link can be made for {approval.order.number}: open the approval to see how it stands.")
    return make_link(ApprovalLink, at=at, approval=approval)


def approval_by_link(*, token: str, at: datetime) -> Approval:
    """What the link asks about. Uses nothing up. Raises LinkGone."""
    links = usable(ApprovalLink, token=token, at=at)
    found = links.select_related("approval__order", "approval__organisation", "approval__asked_by_person").first()
    if found is None or found.approval.state != Approval.State.WAITING:
        raise LinkGone(GONE)
    if london_day(at) > found.approval.kept_until or _interested(found.approval):
        raise LinkGone(GONE)
    return found.approval


def _interested(approval: Approval) -> bool:
    """Whether the governor declared an interest: then no link of theirs works, used or not."""
    return approval.recusals.filter(person=None, kind=ApprovalRecusal.Kind.INTEREST).exists()


def claim_link(token: str, at: datetime) -> bool:
    """The guard of the single use: one conditional UPDATE, or none."""
    return claim(ApprovalLink, token=token, at=at)


@transaction.atomic
def decide_by_link(*, token: str, answer: Answer, name: str, role: str, at: datetime, reason: str = "") -> Approval:
    """Records the governor's answer and uses the link up. What they call themselves lies in the event's text.

    Raises LinkGone alike for any link that does not work; a name, a role or a reason that is missing leaves it usable.
    """
    approval = approval_by_link(token=token, at=at)
    text = {
        "name": clean_line(name, what="Your name", limit=120),
        "role": clean_line(role, what="Your role", limit=80),
        "reason": clean_reason(reason, answer),
    }
    if not claim_link(token, at):
        raise LinkGone(GONE)
    on = london_day(at)
    if answer in RECUSALS:
        return recuse(approval=approval, answer=answer, on=on, actor=GOVERNOR, text=text)
    return close(approval=approval, state=STATES[answer], on=on, actor=GOVERNOR, text=text, how=Approval.How.LINK)


@transaction.atomic
def ask_new_link(*, token: str, at: datetime) -> None:
    """Whoever holds a link that no longer works asks for another one, to the same address, at most once an hour.

    Does nothing, and says nothing, for a token that was never given or an order that no longer waits.
    """
    link = links_of(ApprovalLink, token).select_related("approval__order").first()
    if link is None or link.approval.state != Approval.State.WAITING:
        return
    approval = link.approval
    if _interested(approval):
        return
    if london_day(at) <= approval.kept_until and claim_reminder(approval.pk, at):
        approval.refresh_from_db()
        record("order.approval_link_asked", approval, GOVERNOR)
