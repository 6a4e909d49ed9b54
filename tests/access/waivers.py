"""Waivers in the world of the access matrix: one place of each school was cancelled late, another's waiver was asked for."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import CourseRun, Offer
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.services import (
    add_to_basket,
    ask_waiver,
    cancel_booking,
    check_basket,
    open_basket,
    place_order,
)
from marketplace.trading.services.policies import keep_policy

RULE = {"free_until": {"count": 400, "days": "calendar"}, "then_percent": "100"}


def cancelled_late(*, school: Organisation, buyer: Actor, run: CourseRun, today: date, actor: Actor) -> dict[str, Any]:
    """A place of which all was kept, a waiver that waits, and the policy of the library."""
    policy = keep_policy(code="never-free", title="Never free", rule=RULE, on=today, actor=actor)
    Offer.objects.filter(pk=run.offer_id).update(cancellation=RULE)
    basket = open_basket(organisation=school, actor=buyer)
    run.refresh_from_db()
    offer = Offer.objects.get(pk=run.offer_id)
    add_to_basket(basket=basket, offer=offer, run=run, school=school, quantity=Decimal(2), on=today, actor=buyer)
    seen = check_basket(basket=basket, on=today, actor=buyer).total.gross.pence
    order = place_order(basket=basket, on=today, actor=buyer, purchase_order="", expected_pence=seen)
    late, asked = order.lines.get().bookings.all()
    cancel_booking(booking=late, on=today, actor=buyer)
    waiver = ask_waiver(booking=asked, reason="ofsted", on=today, actor=buyer)
    return {"late": late.pk, "waiver": waiver.pk, "late_order": order.number, "policy": policy.code}


def waiver_bodies() -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    return {
        "POST /bookings/{id}/waivers": {"reason": "ofsted"},
        "POST /waivers/{id}/decision": {"grant": True},
    }
