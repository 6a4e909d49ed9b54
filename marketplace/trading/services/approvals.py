"""Sending an order for approval, and what its buyer may do while it waits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from catalogue.rules.facts import IncludedPlaces
from invoicing.receivables.charges import clean_purchase_order
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.trading.models import Approval, Basket, Order
from marketplace.trading.queries import approval_for
from marketplace.trading.services.baskets import own_basket
from marketplace.trading.services.checking import check_basket
from marketplace.trading.services.closing import AlreadyDecided, already_decided, close, record
from marketplace.trading.services.ordering import refuse_unready
from marketplace.trading.services.paying import AT_ONCE, KEPT, Paying, settled
from marketplace.trading.services.routing import Route
from marketplace.trading.services.writing import write_order

BETWEEN_REMINDERS = timedelta(hours=1)


class ApprovalNotNeeded(DomainError):
    """The buyer may place this order alone."""

    code = "approval_not_needed"


class NobodyApproves(DomainError):
    """Nobody is named who may approve so much for this organisation."""

    code = "nobody_approves"


class RemindedAlready(DomainError):
    """A reminder went out within the last hour."""

    code = "reminded_already"


@transaction.atomic
def ask_approval(
    *,
    basket: Basket,
    purchase_order: str,
    expected_pence: int,
    on: date,
    actor: Actor,
    included: Mapping[int, IncludedPlaces] | None = None,
    paying: Paying = AT_ONCE,
) -> Order:
    """Orders the basket subject to approval: number given, price frozen, places kept, nothing charged.

    The same call again returns the order that exists. Refused, with the basket kept: what ``place_order`` refuses of a
    basket, an order that the buyer may place alone (ApprovalNotNeeded), and one that nobody may approve (NobodyApproves).
    """
    person_id = own_basket(basket, actor)
    purchase_order = clean_purchase_order(purchase_order)
    if Basket.objects.filter(pk=basket.pk, state=Basket.State.OPEN).update(state=Basket.State.ORDERED) != 1:
        return Order.objects.get(basket=basket)
    check = check_basket(basket=basket, on=on, actor=actor, included=included, purse=paying.purse)
    refuse_unready(check, expected_pence)
    paying = settled(check, paying)
    route = check.route
    if route is None:
        raise ApprovalNotNeeded(f"This order is within your limit now, so you place it yourself. {KEPT}")
    if not route.open:
        raise NobodyApproves(f"{route.sentence}. {KEPT}")
    order, _ = write_order(
        check=check,
        basket=basket,
        person_id=person_id,
        purchase_order=purchase_order,
        paying=paying,
        state=Order.State.AWAITING_APPROVAL,
        on=on,
    )
    approval = write_approval(order, route, person_id, on)
    record("order.approval_asked", approval, actor, over_pence=route.over.pence)
    return order


def write_approval(order: Order, route: Route, person_id: int, on: date) -> Approval:
    """The question as it is frozen: of whom, how much, until when. In the caller's transaction."""
    rule = route.rule
    return Approval.objects.create(
        order=order,
        organisation=order.organisation,
        asked_by_person_id=person_id,
        asked_on=on,
        committed_pence=route.committed.pence,
        over_pence=route.over.pence,
        kept_until=route.last_day,
        rule=rule,
        approver_role=rule.approver_role if rule else "",
        approver_person=rule.approver_person if rule else None,
        approver_email=route.email,
        approver_title=route.title,
    )


@transaction.atomic
def withdraw(*, approval: Approval, on: date, actor: Actor) -> Approval:
    """The buyer takes the order back: places are free again, nothing was charged.

    The person who asked may, and whoever buys for the organisation. Raises AlreadyDecided after a decision.
    """
    approval = approval_for(actor, approval.order.number)
    if not may_withdraw(approval, actor):
        raise NotAllowed(f"{approval.asked_by_person.name} asked for this order, so they withdraw it.")
    return close(approval=approval, state=Approval.State.WITHDRAWN, on=on, actor=actor)


def may_withdraw(approval: Approval, actor: Actor) -> bool:
    """Whether the actor asked for it or buys for the organisation."""
    buys = approval.organisation_id in actor.organisations(Role.BUYER)
    return approval.asked_by_person_id == actor.person_id or buys


@transaction.atomic
def remind(*, approval: Approval, at: datetime, actor: Actor) -> Approval:
    """Asks the approver once more; a governor gets a new link. At most once an hour (RemindedAlready)."""
    approval = approval_for(actor, approval.order.number)
    if approval.organisation_id not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    if approval.state != Approval.State.WAITING:
        raise already_decided(approval)
    if not claim_reminder(approval.pk, at):
        raise RemindedAlready("A reminder went out less than an hour ago. Wait a little before the next one.")
    approval.refresh_from_db()
    record("order.approval_reminded", approval, actor)
    return approval


def claim_reminder(approval_id: int, at: datetime) -> bool:
    """Whether this is the only reminder of its hour: one conditional UPDATE, or none."""
    due = Q(reminded_at__isnull=True) | Q(reminded_at__lte=at - BETWEEN_REMINDERS)
    waiting = Approval.objects.filter(due, pk=approval_id, state=Approval.State.WAITING)
    return waiting.update(reminded_at=at) == 1


def expire_approvals(*, on: date, actor: Actor) -> int:
    """The duty of each day: what nobody decided by its last day is over, its places are free. Returns how many were.

    One transaction for each; one that somebody decides meanwhile is left to them.
    """
    late = Approval.objects.filter(state=Approval.State.WAITING, kept_until__lt=on).order_by("pk")
    done = 0
    for approval in late.select_related("order"):
        try:
            with transaction.atomic():
                close(approval=approval, state=Approval.State.EXPIRED, on=on, actor=actor)
        except AlreadyDecided:
            continue
        done += 1
    return done
