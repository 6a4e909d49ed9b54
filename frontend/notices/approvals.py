"""E-mails about orders that need approval: the question to whoever may decide, the answer to whoever asked.

A governor without an account gets a signed link. It is made only as the e-mail leaves and is kept nowhere.
"""

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from frontend.formats import plural
from frontend.notices.orders import context_of, order_of, page_of
from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import APPROVALS, DECISIONS
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import NoLongerNeeded, fills
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Deputy, Person, TrustMembership
from marketplace.organisations.queries import approvers_of
from marketplace.organisations.services.people import actor_for, on_day
from marketplace.trading.models import Approval
from marketplace.trading.queries import approval_for
from marketplace.trading.services import NoLink, new_link, standing

ACTOR = platform("notices")
LINK, GOVERNOR = "approval-link", "governor"
ASKED = ("order.approval_asked", "order.approval_reminded", "order.approval_link_asked")
ANSWERED = {
    "order.approved": "Approved",
    "order.declined": "Not approved",
    "order.approval_expired": "Ran out without a decision",
}


@handles(*ASKED, name="notices.approval_asked")
def approval_asked(event: Event) -> None:
    """Asks whoever may decide today; nobody once it is decided."""
    approval = approval_for(ACTOR, event.subject)
    if approval.state != Approval.State.WAITING:
        return
    order = order_of(event.subject)
    context = _context(approval) | {"reminder": event.kind == "order.approval_reminded"}
    if approval.by_link:
        _ask_governor(approval, event, context)
        return
    link = page_of(order.organisation, "school-approval", number=order.number)
    for to in _approvers(approval, london_day(event.at)):
        send(
            key=f"approval:{order.number}:{event.pk}",
            topic=APPROVALS,
            to=to,
            template="mail/approval_asked.jinja",
            context=context | {"link": link},
            event=event,
        )


def _ask_governor(approval: Approval, event: Event, context: dict[str, Any]) -> None:
    send(
        key=f"approval:{approval.order.number}:{event.pk}",
        topic=APPROVALS,
        to=To(approval.approver_email, organisation_id=approval.organisation_id, purpose=GOVERNOR),
        template="mail/approval_asked.jinja",
        context=context | {"link": ""},
        event=event,
        fills={"decide": {"kind": LINK, "of": approval.order.number}},
        why=f"You get this because {approval.organisation.name} named you as {approval.approver_title}.",
    )


def _approvers(approval: Approval, on: date) -> list[To]:
    """Those who may decide on a day by the rule of the page itself: in their own right or for somebody, at the
    organisation or at its trust."""
    trusts = TrustMembership.objects.filter(on_day(on), school_id=approval.organisation_id).values("trust_id")
    there = Q(organisation=approval.organisation) | Q(organisation_id__in=trusts)
    deputies = Deputy.objects.filter(on_day(on), there).values_list("deputy_id", flat=True)
    ids = {person.pk for person in approvers_of(approval.organisation, 0, on)} | set(deputies)
    found = []
    for person in Person.objects.filter(pk__in=ids, user__isnull=False).select_related("user").order_by("pk"):
        if person.user and standing(approval=approval, on=on, actor=actor_for(user=person.user, on=on)).may:
            found += to_person(person)
    return found


def _context(approval: Approval) -> dict[str, Any]:
    order = approval.order
    days = (approval.kept_until - approval.asked_on).days
    return context_of(order_of(order.number)) | {
        "approval": approval,
        "organisation": approval.organisation.name,
        "asker": approval.asked_by_person.name,
        "days": plural(days, "day"),
    }


@fills(LINK)
def _link(number: str) -> str:
    """The governor's link, as its e-mail leaves. Those of earlier e-mails work as long as theirs, till one decides."""
    approval = approval_for(ACTOR, number)
    try:
        return absolute(reverse("decide", kwargs={"token": new_link(approval=approval, at=timezone.now())}))
    except NoLink as gone:
        raise NoLongerNeeded(gone.message) from gone


@handles(*ANSWERED, name="notices.approval_answered")
def approval_answered(event: Event) -> None:
    """Tells who asked. What the decider wrote stands on the order's page, not in the e-mail."""
    approval = approval_for(ACTOR, event.subject)
    order = order_of(event.subject)
    for to in to_person(order.placed_by_person):
        send(
            key=f"approval:{order.number}:answered",
            topic=DECISIONS,
            to=to,
            template="mail/approval_answered.jinja",
            context=_context(approval)
            | {"word": ANSWERED[event.kind], "approved": event.kind == "order.approved", "on": london_day(event.at)},
            event=event,
        )
