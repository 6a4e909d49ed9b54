"""What contracts pay next, for those who are paid: the statement, what it comes to so far, and what is missing from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from marketplace.core.actors import Actor
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.queries import claiming
from subscriptions.outcomes.services.items import IN_FORCE
from subscriptions.outcomes.stating_queries import totals_of

State, Item = Statement.State, OutcomeItem.State
MOST = 20


@dataclass(frozen=True)
class NextPayment:
    """The next statement of a contract, what it comes to so far in pence before VAT, and what is missing until its last day."""

    statement: Statement
    pence: int
    missing: list[OutcomeItem]


def next_payments(actor: Actor, on: date) -> list[NextPayment]:
    """Of each contract under which the partnership pays and the actor claims, the soonest first. Five queries at most."""
    if actor.system or actor.person_id is None:
        return []
    coming = Q(state=State.OPEN) | Q(state=State.FROZEN, total_pence__gt=0)
    rows = Statement.objects.filter(
        coming, claiming(actor, on), contract__side=OutcomeContract.Side.PAYS, contract__state__in=IN_FORCE
    )
    first: dict[int, Statement] = {}
    for one in rows.select_related("contract__party").order_by("cut_off", "pk"):
        first.setdefault(one.contract_id, one)
    found = sorted(first.values(), key=lambda one: (one.pay_on, one.pk))[:MOST]
    totals, missing = totals_of(found), missing_of(found)
    return [NextPayment(one, totals[one.pk], missing[one.pk]) for one in found]


def missing_of(statements: Sequence[Statement]) -> dict[int, list[OutcomeItem]]:
    """By a statement's id what could have been on it by its last day and is not: to be sent, decided or sent again."""
    rows = OutcomeItem.objects.filter(
        contract__in={one.contract_id for one in statements}, state__in=[Item.PLANNED, Item.SUBMITTED, Item.REJECTED]
    ).exclude(gate=OutcomeItem.Gate.NOTHING)
    by_contract: dict[int, list[OutcomeItem]] = defaultdict(list)
    for item in rows.order_by("due_on", "pk") if statements else []:
        by_contract[item.contract_id].append(item)
    return {one.pk: [item for item in by_contract[one.contract_id] if _belongs(item, one)] for one in statements}


def _belongs(item: OutcomeItem, statement: Statement) -> bool:
    """What nobody sent belongs to the statement by whose last day it is due; what was sent, to that of its days."""
    by = item.due_on if item.state == Item.PLANNED else item.service_from
    return by <= statement.cut_off
