"""What happened to an order and to its places, newest first, for the page's timeline."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from frontend.finance.history import names_of, when, who
from frontend.formats import money
from marketplace.core.models import Event

_WORDS = {
    "order.placed": "Order placed",
    "order.approval_asked": "Sent for approval",
    "order.approval_reminded": "Reminder sent",
    "order.approval_link_asked": "New link asked for",
    "order.approval_interest": "Interest declared",
    "order.approval_passed_on": "Said to be for somebody else",
    "order.approved": "Approved",
    "order.declined": "Not approved",
    "order.approval_withdrawn": "Withdrawn",
    "order.approval_expired": "Ran out: nobody decided in time",
    "order.purchase_order": "Purchase order given",
    "booking.cancelled": "Place cancelled",
    "booking.delegate_changed": "Person named or changed",
    "booking.needs_given": "Needs given",
}


def order_history(number: str, booking_ids: Sequence[int], *, sums: bool = True) -> list[dict[str, str]]:
    """The events of an order and its bookings; its ``sums`` only for whoever sees all of it. Two queries."""
    places = Q(subject_kind="booking", subject__in=[str(pk) for pk in booking_ids])
    found = Event.objects.filter(places | Q(subject_kind="order", subject=number), kind__in=_WORDS)
    events = list(found.order_by("-pk"))
    names = names_of(event.actor_person_id for event in events)
    return [
        {
            "title": _WORDS[event.kind],
            "by": who(event.actor_person_id, event.actor_label, names),
            "when": when(event.at),
            "text": _said(event.payload) if sums or event.subject_kind == "booking" else "",
        }
        for event in events
    ]


def _said(payload: dict[str, Any]) -> str:
    if isinstance(pence := payload.get("back_pence"), int):
        return f"{money(pence)} back, before VAT"
    return f"{money(payload['net_pence'])} before VAT" if "net_pence" in payload else ""
