"""A quote above what its school's person may commit alone: sent to a second person, and booked when they approve.

It goes the way of every order that needs approval: an order without lines that stands for the quote, decided signed in, by a
governor's link or on paper. The chosen dates keep the consultant's time meanwhile, and the quote is not taken back.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from invoicing.receivables.charges import clean_purchase_order
from marketplace.core.actors import APPROVING, Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import approval_rule_on
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.services.accepting import acceptable, booked
from marketplace.trading.engagements.services.ir35 import Ir35Answer, clean_answer
from marketplace.trading.engagements.services.planning import NewDate, check_dates, require_accredited
from marketplace.trading.engagements.services.request_locks import locked
from marketplace.trading.models import Approval, Basket, Order
from marketplace.trading.services.access import buying_person
from marketplace.trading.services.approvals import ApprovalNotNeeded, NobodyApproves, write_approval
from marketplace.trading.services.closing import follows_decision, record
from marketplace.trading.services.routing import Route, route_for
from marketplace.trading.services.writing import next_order_number
from providers.models import Slot
from providers.services import release_slot, reserve_slot

KEPT = "Nothing was booked."


def approval_route(*, quote: ConsultantQuote, on: date, actor: Actor, first_day: date | None = None) -> Route | None:
    """Who must approve a quote; None where the actor may accept it alone. It waits no longer than the quote holds, and not
    beyond the day before ``first_day``."""
    school, gross = quote.request.school, Money(quote.gross_pence)
    limit = actor.spending_limit(school.pk)
    rule = None if school.pk in actor.organisations(*APPROVING) else approval_rule_on(school, gross.pence, on)
    ends = [first_day] if first_day else []
    if quote.valid_until:  # the day after it, since a route ends the day before what comes first
        ends.append(date.fromordinal(quote.valid_until.toordinal() + 1))
    return route_for(
        organisation=school, committed=gross, limit=None if limit is None else Money(limit),
        approved_from=rule.from_pence if rule else None, first_course=min(ends, default=None), on=on, actor=actor,
    )  # fmt: skip


@transaction.atomic
def ask_booking_approval(
    *,
    quote: ConsultantQuote,
    expected_pence: int,
    ir35: Ir35Answer,
    on: date,
    actor: Actor,
    dates: Sequence[NewDate] = (),
    purchase_order: str = "",
) -> Order:
    """Sends a quote for approval: an order is numbered, the dates' time is kept, nothing is booked or charged.

    Refused, with nothing kept: what ``accept_quote`` refuses of a quote, one that the actor may accept alone
    (ApprovalNotNeeded), one that nobody may approve (NobodyApproves), a time that is taken (SlotTaken), a consultant who is
    not accredited on a date (NotAccredited).
    """
    request, quote = acceptable(quote=quote, expected_pence=expected_pence, on=on, actor=actor)
    person_id = buying_person(actor, request.school)
    ir35 = clean_answer(ir35)
    check_dates(dates, quote.quantity or Decimal(0), request.unit, on)
    require_accredited(quote.consultant, [on, *(one.day for one in dates)])
    route = approval_route(quote=quote, on=on, actor=actor, first_day=min((one.day for one in dates), default=None))
    if route is None:
        raise ApprovalNotNeeded(f"This booking is within your limit now, so you agree it yourself. {KEPT}")
    if not route.open:
        raise NobodyApproves(f"{route.sentence}. {KEPT}")
    order = _order(request, quote, person_id, clean_purchase_order(purchase_order), on)
    AskedBooking.objects.create(
        order=order, request=request, quote=quote, dates=[_as_json(one) for one in dates],
        own_company=ir35.own_company, answer=ir35.answer, reasons=ir35.reasons,
    )  # fmt: skip
    for number, one in enumerate(dates, start=1):
        reserve_slot(
            source_key=_slot_key(order, number), consultant=quote.consultant, starts_at=one.starts_at,
            ends_at=one.ends_at, kind=Slot.Kind.VISIT, label=f"{request.school.name}, {order.number}, not approved yet",
        )  # fmt: skip
    approval = write_approval(order, route, person_id, on)
    record("order.approval_asked", approval, actor, over_pence=route.over.pence, request=request.number)
    return order


def _order(request: ConsultantRequest, quote: ConsultantQuote, person_id: int, purchase_order: str, on: date) -> Order:
    """An order without lines: what is charged later is charged by the visits."""
    school: Organisation = request.school
    basket = Basket.objects.create(
        organisation=school, owner_person_id=person_id, state=Basket.State.ORDERED, apart=True
    )
    net = quote.net_pence + quote.travel_pence
    return Order.objects.create(
        number=next_order_number(), basket=basket, organisation=school, placed_by_person_id=person_id, placed_on=on,
        purchase_order=purchase_order, invoice_to=terms_of(school).invoice_to or school,
        state=Order.State.AWAITING_APPROVAL, net_pence=net, vat_pence=quote.vat_pence, total_pence=quote.gross_pence,
    )  # fmt: skip


@follows_decision
def follow_decision(approval: Approval, on: date, actor: Actor) -> None:
    """Books what was approved, in the words of whoever asked for it; otherwise gives the consultant's time back.

    What cannot be booked any more (NotAccredited) keeps the decision from being recorded.
    """
    order = approval.order
    waiting = AskedBooking.objects.select_for_update(of=("self",)).select_related("quote")
    asked = waiting.filter(order=order, state=AskedBooking.State.WAITING).first()
    if asked is None:
        return
    for number, _ in enumerate(asked.dates, start=1):
        release_slot(source_key=_slot_key(order, number))
    if approval.state != Approval.State.APPROVED:
        asked.state = AskedBooking.State.ENDED
        asked.save(update_fields=["state"])
        return
    asked.engagement = _booked(asked, approval, on)
    asked.state = AskedBooking.State.BOOKED
    asked.save(update_fields=["state", "engagement"])


def _booked(asked: AskedBooking, approval: Approval, on: date) -> Engagement:
    asker = approval.asked_by_person
    request, quote = locked(asked.quote)
    return booked(
        request=request, quote=quote, dates=[_from_json(one) for one in asked.dates],
        ir35=Ir35Answer(asked.own_company, asked.answer, asked.reasons), on=on,
        purchase_order=approval.order.purchase_order, agreed_by=asker,
        actor=Actor(person_id=asker.pk, user_id=None, name=asker.name),
    )  # fmt: skip


def _slot_key(order: Order, number: int) -> str:
    """The source under which a date that waits for approval stands in the calendar."""
    return f"approval:{order.number}:date:{number}"


def _as_json(one: NewDate) -> dict[str, Any]:
    return {
        "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(), "quantity": str(one.quantity),
        "online": one.online, "place": one.place,
    }  # fmt: skip


def _from_json(kept: dict[str, Any]) -> NewDate:
    return NewDate(
        datetime.fromisoformat(kept["starts_at"]), datetime.fromisoformat(kept["ends_at"]), Decimal(kept["quantity"]),
        online=kept["online"], place=kept["place"],
    )  # fmt: skip
