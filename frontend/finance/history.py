"""Who did what and when, in words: the event log as a page's timeline."""

from collections.abc import Iterable
from typing import Any

from frontend.audit.outcome_contract_words import BESIDE as OF_A_CONTRACT
from frontend.audit.purse_words import OF_ITS_PAGE
from frontend.audit.sharing_words import BESIDE
from frontend.audit.support_words import BESIDE as OF_A_PLAN
from frontend.audit.words import WORDS as EVENTS
from frontend.formats import clock, long_date, money
from marketplace.core.models import Event
from marketplace.organisations.models import Person

_WORDS = {
    "charge.made": "Ordered and priced",
    "charge.amended": "Changed before invoicing",
    "charge.reduced": "Reduced",
    "charge.delivery_moved": "Delivered on other days",
    "invoice.issued": "Invoice issued",
    "credit_note.issued": "Credit note issued",
    "run.added": "Added",
    "run.confirmed": "Confirmed: it takes place",
    "run.places_changed": "Places or minimum changed",
    "run.joining_changed": "Joining instructions changed",
    "run.joining_sent": "Joining instructions sent",
    "run.costs_changed": "Costs entered",
    "run.moved": "Moved",
    "run.cancelled": "Cancelled",
    "run.needs_erased": "What people needed was erased",
    "run.message_sent": "Message sent to everybody",
    "receipt.recorded": "Receipt recorded",
    "receipt.reversed": "Receipt taken back",
    "allocation.made": "Set against an invoice",
    "allocation.undone": "Undone",
    "terms.changed": "Terms changed",
    "journal.submitted": "Handed in for approval",
    "journal.reversed": "Taken back on its day",
    "purchase.entered": "Entered and handed in for approval",
    "purchase.payment_undone": "Payment undone",
    "opening.submitted": "Handed in for approval",
    "opening.approved": "Approved and taken over",
    "prepared.sent": "Prepared and sent for approval",
    "prepared.approved": "Approved and done",
    "prepared.sent_back": "Sent back",
    "prepared.withdrawn": "Withdrawn",
    "council_journal.prepared": "Prepared",
    "council_journal.sent": "Sent to the council",
    "council_journal.confirmed": "Confirmed by the council",
    "council_journal.withdrawn": "Withdrawn",
    "council_journal.received": "Money received",
    "council_journal.receipt_undone": "Money received taken back",
    "write_off.made": "Written off",
    "invoice.tax_point_reached": "VAT of an instalment fell due",
    "sales_mandate.granted": "Mandate recorded",
    "sales_mandate.ended": "Mandate ended",
    "agency_settlement.prepared": "Prepared",
    "agency_settlement.approved": "Approved",
    "agency_settlement.withdrawn": "Withdrawn",
    "agency_settlement.paid": "Paid over",
    "payable.made": "Recorded",
    "payable.owed": "Owed",
    "payable.taken_back": "Taken back",
    "payable.reduced": "Less is due",
    "month.asked_to_close": "Asked to close it",
    "month.closed": "Closed",
    "month.closing_withdrawn": "Closing taken back",
    "month.asked_to_reopen": "Asked to open it again",
    "month.reopening_withdrawn": "Reopening taken back",
    "month.reopened": "Opened again",
    "vat_return.prepared": "Prepared",
    "vat_return.withdrawn": "Taken back",
    "vat_return.locked": "Locked",
    "vat_return.sent": "Sent to HMRC",
    "agreement.made": "Agreed",
    "agreement.offered": "Offered",
    "agreement.accepted": "Accepted",
    "agreement.declined": "Declined",
    "agreement.withdrawn": "Offer taken back",
    "agreement.on_paper": "Agreed on paper",
    "agreement.changed": "Changed",
    "agreement.suspended": "Paused",
    "agreement.resumed": "Running again",
    "agreement.notice_given": "Notice given",
    "agreement.reminded": "Reminder sent",
    "agreement.ended": "Ended before its term",
    "agreement.over": "Over",
    "subscription_level.added": "Added",
    "subscription_level.version_drafted": "Version drafted",
    "subscription_level.version_published": "Version published",
    "subscription_level.withdrawn": "Withdrawn",
    **BESIDE,
    **OF_A_CONTRACT,
    **OF_A_PLAN,
    **OF_ITS_PAGE,
    "payment_request.made": "Asked for",
    "payment_request.withdrawn": "Withdrawn",
    "purchase_order.asked": "Asked for the purchase order",
}


def names_of(person_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people by id, in one query."""
    return dict(Person.objects.filter(pk__in={pk for pk in person_ids if pk}).values_list("pk", "name"))


def who(person_id: int | None, label: str, names: dict[int, str]) -> str:
    """The person who acted, or what the platform called itself."""
    return names.get(person_id, "Somebody") if person_id else label or "The platform"


def when(moment: Any) -> str:
    """ "4 March 2027 at 10:30am", in London."""
    return f"{long_date(moment)} at {clock(moment)}"


def history_of(*, subject_kind: str, subject: str) -> list[dict[str, str]]:
    """The events of one thing for the timeline, newest first. Two queries."""
    events = list(Event.objects.filter(subject_kind=subject_kind, subject=subject).order_by("-pk"))
    names = names_of(event.actor_person_id for event in events)
    return [
        {
            "title": _WORDS.get(event.kind) or _sentence(event),
            "by": who(event.actor_person_id, event.actor_label, names),
            "when": when(event.at),
            "text": _amount(event.payload),
        }
        for event in events
    ]


def _sentence(event: Event) -> str:
    """As the event log says it; of a kind without a sentence its name."""
    said = EVENTS.get(event.kind, event.kind.replace(".", " ").replace("_", " ").capitalize())
    return said.replace("{subject}", event.subject)


def _amount(payload: dict[str, Any]) -> str:
    pence = payload.get("net_pence", payload.get("gross_pence", payload.get("pence")))
    return money(pence) if isinstance(pence, int) else ""
