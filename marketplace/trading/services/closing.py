"""One decision wins: an approval is closed once, and its order placed or its places given back with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from catalogue.services import release_places
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.wording import long_date
from marketplace.trading.models import Approval, Booking, Order
from marketplace.trading.services.funded import funded_key
from marketplace.trading.services.offering import offer_places
from marketplace.trading.services.ordering import record_placed
from marketplace.trading.services.writing import charge_order, included_key, purse_key
from subscriptions.commissions.services.drawing import release
from subscriptions.purses.drawing import release_draw
from subscriptions.services import release_included

_ORDER_STATES = {
    Approval.State.APPROVED: Order.State.PLACED,
    Approval.State.DECLINED: Order.State.DECLINED,
    Approval.State.WITHDRAWN: Order.State.WITHDRAWN,
    Approval.State.EXPIRED: Order.State.EXPIRED,
}
_KINDS = {
    Approval.State.APPROVED: "order.approved",
    Approval.State.DECLINED: "order.declined",
    Approval.State.WITHDRAWN: "order.approval_withdrawn",
    Approval.State.EXPIRED: "order.approval_expired",
}


Follower = Callable[[Approval, date, Actor], None]
_FOLLOWERS: list[Follower] = []


def follows_decision(follower: Follower) -> Follower:
    """Registers what else happens, in the same transaction, when an approval is closed. Called for every order."""
    _FOLLOWERS.append(follower)
    return follower


class AlreadyDecided(DomainError):
    """Somebody came first; what they decided stands. ``state`` says what it is now."""

    code = "already_decided"


class ApprovalRanOut(DomainError):
    """The places are no longer kept and the price no longer stands."""

    code = "approval_ran_out"


def claim_decision(approval_id: int, state: Approval.State, decision: Mapping[str, Any]) -> bool:
    """The guard of invariant 24: one conditional UPDATE that closes a waiting approval, or touches nothing."""
    waiting = Approval.objects.filter(pk=approval_id, state=Approval.State.WAITING)
    return waiting.update(state=state, **decision) == 1


def close(
    *,
    approval: Approval,
    state: Approval.State,
    on: date,
    actor: Actor,
    text: Mapping[str, str] | None = None,
    **decision: Any,
) -> Approval:
    """Closes a waiting approval in the caller's transaction and does to the order what follows from it.

    Raises AlreadyDecided where somebody came first, ApprovalRanOut for a decision after the last day.
    """
    if state in (Approval.State.APPROVED, Approval.State.DECLINED):
        check_in_time(approval, on)
    if not claim_decision(approval.pk, state, {"closed_on": on, **decision}):
        raise already_decided(approval)
    approval.refresh_from_db()
    order = approval.order
    Order.objects.filter(pk=order.pk).update(state=_ORDER_STATES[state])
    # The row is ours from here on: a purchase order that was changed until now is the one to charge with.
    order.refresh_from_db(fields=["state", "purchase_order"])
    if state == Approval.State.APPROVED:
        Booking.objects.filter(order_line__order=order, state=Booking.State.HELD).update(state=Booking.State.BOOKED)
        charge_order(order=order, on=on, actor=actor)
    else:
        _give_back(order, on)
    for follower in _FOLLOWERS:
        follower(approval, on, actor)
    record(_KINDS[state], approval, actor, text=text, before="waiting", after=str(state), how=approval.how)
    if state == Approval.State.APPROVED:
        record_placed(order, actor)
    return approval


def check_in_time(approval: Approval, on: date) -> None:
    """Raises ApprovalRanOut after the last day, also before the duty of that day has run."""
    if on > approval.kept_until and approval.state == Approval.State.WAITING:
        raise ApprovalRanOut(
            f"The places and the price were kept until {long_date(approval.kept_until)}. Order again, at today's price."
        )


def already_decided(approval: Approval) -> AlreadyDecided:
    """What came first, in words."""
    approval.refresh_from_db()
    order = approval.order.number
    day = long_date(approval.closed_on) if approval.closed_on else "a moment ago"
    words = {
        Approval.State.APPROVED: f"{order} was approved on {day}",
        Approval.State.DECLINED: f"{order} was not approved on {day}",
        Approval.State.WITHDRAWN: f"{order} was withdrawn on {day}",
        Approval.State.EXPIRED: f"{order} ran out on {day}: nobody decided in time",
    }
    said = words.get(Approval.State(approval.state), f"{order} changed")
    return AlreadyDecided(f"{said}. Nothing further was recorded.", state=approval.state)


def _give_back(order: Order, on: date) -> None:
    """Every place is free again, in the order of the course dates; what is included and what a purse kept is left again."""
    held = Booking.objects.filter(order_line__order=order, state=Booking.State.HELD)
    held.filter(included=True).update(state=Booking.State.CANCELLED, cancelled_on=on, place_returned=True)
    held.update(state=Booking.State.CANCELLED, cancelled_on=on)
    release_draw(source_key=purse_key(order), on=on)
    for line_id in order.lines.order_by("pk").values_list("pk", flat=True):
        release(source_key=funded_key(line_id), on=on)
    held_by = order.lines.exclude(place_source_key="").order_by("run_id", "pk")
    runs = list(held_by.values_list("run_id", "place_source_key"))
    for _, key in runs:
        release_places(source_key=key)
    for line in order.lines.filter(included__gt=0).order_by("pk"):
        release_included(source_key=included_key(line.pk), on=on)
    for run_id in sorted({run_id for run_id, _ in runs if run_id}):
        offer_places(run_id=run_id, on=on)


def record(
    kind: str, approval: Approval, actor: Actor, *, text: Mapping[str, str] | None = None, **payload: object
) -> None:
    """An event about an order that needs approval. Reasons and typed names lie in its text."""
    order = approval.order
    schools = order.lines.values_list("school_id", flat=True)
    events.record(
        kind=kind,
        subject_kind="order",
        subject=order.number,
        organisation_ids=[order.organisation_id, order.invoice_to_id, *schools],
        payload={
            "approval": approval.pk,
            "committed_pence": approval.committed_pence,
            "kept_until": approval.kept_until.isoformat(),
            "by_link": approval.by_link,
            **payload,
        },
        text=text,
        actor=actor,
    )
