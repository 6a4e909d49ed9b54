"""What waits on home of contracts that pay on verification: to agree, to send, sent back; to decide, overdue; next payment."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from frontend.formats import long_date, plural
from frontend.hub import heads_waiting
from frontend.jinja import url
from frontend.verify.deciding import decide_url
from marketplace.core.actors import Actor, Role
from subscriptions.outcomes.models import OutcomeItem, Submission
from subscriptions.outcomes.queries import claimable_by, to_agree_for, to_verify_for
from subscriptions.outcomes.services.watching import REMIND_DAYS

MOST = 20
Item = dict[str, Any]


def waits_for(actor: Actor, on: date) -> list[Item]:
    """As ``waits`` draws it. Seven queries at most, however much; none for whoever has no part in it."""
    if actor.system or actor.person_id is None:
        return []
    return [
        *_to_agree(actor),
        *_to_send(actor, on),
        *_to_decide(actor, on),
        *_late(actor, on),
        *heads_waiting.waits_for(actor, on),
    ]


def _to_agree(actor: Actor) -> Iterator[Item]:
    for one in to_agree_for(actor)[:MOST]:
        yield {
            "text": f"Agree the contract {one.title}",
            "href": url("hub-contract", number=one.number),
            "pence": one.value_pence,
            "since": one.offered_on,
            "next": "Agreed, it is in force. Decline it with a reason if it is not what you want.",
        }


def _to_send(actor: Actor, on: date) -> Iterator[Item]:
    open_items: QuerySet[OutcomeItem] = claimable_by(actor, on).filter(due_on__lte=on + timedelta(days=REMIND_DAYS * 2))
    for one in open_items.order_by("due_on", "pk")[:MOST]:
        back = one.state == OutcomeItem.State.REJECTED
        yield {
            "text": f"Send again: {one.name}" if back else f"Send the return: {one.name}",
            "href": url("hub-return", number=one.contract.number, code=one.code),
            "pence": one.pence,
            "due": one.due_on,
            "next": f"Sent back: {one.reason}" if back else "Then somebody of another organisation decides.",
        }


def _to_decide(actor: Actor, on: date) -> Iterator[Item]:
    if not actor.has(Role.VERIFIER, Role.COMMISSIONER):
        return
    for one in to_verify_for(actor)[:MOST]:
        yield {
            "text": f"Decide on {one.item.name}, {one.claimant_organisation.name}",
            "href": decide_url(one),
            "due": one.decide_by,
            "next": "Overdue: the partnership was told."
            if one.decide_by < on
            else "Nothing is paid before you decide.",
        }


def _late(actor: Actor, on: date) -> Iterator[Item]:
    """For organisers: decisions that are late, as one item."""
    if not actor.has(Role.ORGANISER):
        return
    late = Submission.objects.filter(state=Submission.State.SUBMITTED, decide_by__lt=on)
    days = list(late.order_by("decide_by").values_list("decide_by", "item__contract__number")[:200])
    if days:
        many = len({number for _, number in days}) > 1
        yield {
            "text": f"Ask the verifiers of {plural(len(days), 'return')}",
            "href": url("organise-outcome-contracts") if many else url("hub-returns", number=days[0][1]),
            "since": days[0][0],
            "next": f"The first was to be decided by {long_date(days[0][0])}.",
        }
