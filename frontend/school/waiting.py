"""What waits for a buyer: names, purchase orders, invoices to pay, a basket left lying, and what comes next."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Min, Sum
from django.utils import timezone

from frontend.buying import Buyer
from frontend.formats import long_date, plural
from frontend.school.approval_words import thing_words, waiting_words
from frontend.school.contract_waits import notice_waits
from frontend.school.services_waiting import services_waits
from frontend.school.waiting_list import offered_waits
from invoicing.credit_control.models import InvoiceQuery
from invoicing.credit_control.queries import queries_for
from invoicing.queries import charges_for, open_items_for
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.organisations.models import CustomerTerms
from marketplace.trading.models import Approval, BasketLine, Booking
from marketplace.trading.queries import approvals_for, bookings_for, orders_for
from marketplace.trading.queries_of_days import own_places
from marketplace.trading.services import standings

SOON = timedelta(days=14)
Wait = dict[str, Any]


def waits_for(actor: Actor, buyers: Sequence[Buyer], on: date) -> list[Wait]:
    """Everything that waits for the actor as a buyer, in the form of the component ``waits``.

    The number of queries does not depend on how many organisations or items there are.
    """
    own = {buyer.organisation.pk: buyer for buyer in buyers}
    if not own:
        return []
    for_whom = {pk: f", {buyer.name}" if len(own) > 1 else "" for pk, buyer in own.items()}
    found = (
        _approvals(actor, own, on)
        + _names(actor, own)
        + _purchase_orders(actor, own)
        + _invoices(actor, own, on)
        + _queries(actor, own)
        + offered_waits(actor, own)
        + notice_waits(actor, own, on)
        + services_waits(actor, own, on)
        + _baskets(actor, own)
    )
    return [{**wait, "text": wait["text"] + for_whom[wait.pop("organisation")]} for wait in found]


def _approvals(actor: Actor, own: Mapping[int, Buyer], on: date) -> list[Wait]:
    """Orders that the person can decide on, and those that they asked for and others decide on."""
    waiting = approvals_for(actor).filter(state=Approval.State.WAITING, organisation_id__in=own)
    approvals = list(waiting.prefetch_related("order__lines"))
    found, stand = [], standings(approvals=approvals, on=on, actor=actor) if approvals else {}
    for one in approvals:
        wait = {
            "href": own[one.organisation_id].url("school-approval", number=one.order.number),
            "pence": one.committed_pence,
            "since": one.asked_on,
            "organisation": one.organisation_id,
        }
        asked = f"Asked by {one.asked_by_person.name} on {long_date(one.asked_on)}. Whole term, with VAT."
        if stand[one.pk].may:
            found.append({**wait, "text": f"Approve {thing_words(one)}", "due": one.kept_until, "next": asked})
        elif one.asked_by_person_id == actor.person_id:
            named = one.approver_title or (one.approver_person.name if one.approver_person else "those who approve")
            words = {"text": f"{one.order.number} waits for approval", "next": waiting_words(one, named)}
            found.append({**wait, **words})
    return found


def _names(actor: Actor, own: Mapping[int, Buyer]) -> list[Wait]:
    """Places with nobody's name on them yet, one item for each order and date."""
    unnamed = bookings_for(actor).filter(
        state=Booking.State.BOOKED, delegate_name="", run__starts_at__gt=timezone.now(), school_id__in=own
    )
    rows = (
        unnamed.order_by()
        .values(
            number=F("order_line__order__number"),
            buyer_id=F("order_line__order__organisation_id"),
            receives=F("school_id"),
            title=F("run__offer__title"),
            starts=F("run__starts_at"),
        )
        .annotate(count=Count("pk"))
    )
    found = []
    for row in rows:
        place = row["buyer_id"] if row["buyer_id"] in own else row["receives"]
        people = "the person" if row["count"] == 1 else f"{row['count']} people"
        found.append(
            {
                "text": f"Name {people} coming to {row['title']}",
                "href": own[place].url("school-order", number=row["number"]),
                "due": timezone.localdate(row["starts"]),
                "organisation": place,
            }
        )
    return found


def _purchase_orders(actor: Actor, own: Mapping[int, Buyer]) -> list[Wait]:
    """Items whose invoice waits for the payer's reference, one item for each order."""
    held = charges_for(actor).filter(
        state=Charge.State.PENDING,
        purchase_order="",
        invoice_to__terms__purchase_order_rule=CustomerTerms.PurchaseOrderRule.REQUIRED,
        invoice_to_id__in=own,
    )
    rows = list(
        held.order_by()
        .values("label", name=F("invoice_to__terms__payer_reference_name"))
        .annotate(pence=Sum(F("net_pence") - F("reduced_pence")), since=Min("bill_on"))
    )
    orders = {order.number: order for order in orders_for(actor).filter(number__in=[row["label"] for row in rows])}
    return [
        {
            "text": f"Add the {row['name'].lower()} of {row['label']}",
            "href": own[place].url("school-order-purchase-order", number=row["label"]),
            "pence": row["pence"],
            "since": row["since"],
            "next": "The invoice waits for it. Before VAT.",
            "organisation": place,
        }
        for row in rows
        if row["label"] in orders and (place := orders[row["label"]].organisation_id) in own
    ]


def _invoices(actor: Actor, own: Mapping[int, Buyer], on: date) -> list[Wait]:
    """Invoices overdue, and those due within two weeks, one item for each organisation and kind."""
    open_items = open_items_for(actor).filter(organisation_id__in=own, due_on__lte=on + SOON)
    # Where the council pays by journal there is nothing for the school to do.
    open_items = open_items.exclude(organisation__terms__settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL)
    kinds = [("overdue", "Pay", open_items.filter(due_on__lt=on)), ("open", "Pay", open_items.filter(due_on__gte=on))]
    found = []
    for show, verb, rows in kinds:
        summed = (
            rows.order_by()
            .values("organisation_id")
            .annotate(pence=Sum("outstanding_pence"), count=Count("document", distinct=True), first=Min("due_on"))
        )
        for row in summed:
            said = plural(row["count"], "overdue invoice" if show == "overdue" else "invoice")
            late = f"The first was due on {long_date(row['first'])}." if show == "overdue" else None
            found.append(
                {
                    "text": f"{verb} {said}",
                    "href": f"{own[row['organisation_id']].url('school-invoices')}?show={show}",
                    "pence": row["pence"],
                    "due": None if show == "overdue" else row["first"],
                    "since": row["first"],
                    "next": late,
                    "organisation": row["organisation_id"],
                }
            )
    return found


def _queries(actor: Actor, own: Mapping[int, Buyer]) -> list[Wait]:
    """Queries that finance has answered: agree, withdraw or ask again."""
    answered = queries_for(actor).filter(state=InvoiceQuery.State.ANSWERED, organisation_id__in=own).order_by("pk")
    return [
        {
            "text": f"Read the answer to your query of {one.document.number}",
            "href": own[one.organisation_id].url("school-query", number=one.number),
            "next": "Agree, withdraw the query, or ask again",
            "organisation": one.organisation_id,
        }
        for one in answered
    ]


def _baskets(actor: Actor, own: Mapping[int, Buyer]) -> list[Wait]:
    lines = BasketLine.objects.filter(
        basket__owner_person=actor.person_id, basket__state="open", basket__organisation_id__in=own
    )
    rows = lines.values("basket__organisation_id").annotate(count=Count("pk"), pence=Sum("quoted_pence"))
    return [
        {
            "text": f"Order what is in your basket: {plural(row['count'], 'line')}",
            "href": own[row["basket__organisation_id"]].url("school-basket"),
            "pence": row["pence"],
            "next": "Before VAT. Prices and places are not kept until you order.",
            "organisation": row["basket__organisation_id"],
        }
        for row in rows.order_by("basket__organisation__name")
    ]


def next_course(actor: Actor, buyers: Sequence[Buyer]) -> str:
    """ "Next: Safeguarding for new leaders on 24 March 2027." or nothing where no place is booked.

    Of the schools for which the person buys; of whoever buys for none, their own place.
    """
    own = [buyer.organisation.pk for buyer in buyers]
    places = bookings_for(actor).filter(school_id__in=own) if own else own_places(actor)
    coming = places.filter(state=Booking.State.BOOKED, run__starts_at__gt=timezone.now())
    first = coming.order_by("run__starts_at", "pk").first()
    return f"Next: {first.run.offer.title} on {long_date(first.run.starts_at)}." if first else ""
