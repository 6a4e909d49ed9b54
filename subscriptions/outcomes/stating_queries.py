"""Statements of contracts that pay on verification, scoped to an actor: whoever sees the contract sees its statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.periods import add_months
from subscriptions.outcomes.models import Clawback, OutcomeContract, OutcomeItem, Statement, StatementLine, Submission
from subscriptions.outcomes.queries import outcome_contracts_for
from subscriptions.outcomes.rules.stating import Line
from subscriptions.outcomes.services.items import IN_FORCE
from subscriptions.outcomes.services.working_out import work_out_open

State, Item = Statement.State, OutcomeItem.State


def outcome_statements_for(actor: Actor) -> QuerySet[Statement]:
    """Statements of the contracts that the actor sees, each with its contract and whose it is."""
    seen = outcome_contracts_for(actor).order_by().values("pk")
    return Statement.objects.select_related("contract__party").filter(contract__in=seen)


def outcome_statement_for(actor: Actor, number: str, ordinal: int) -> Statement:
    """One statement, or NotFound whether it is missing or not the actor's."""
    found = outcome_statements_for(actor).filter(contract__number=number, ordinal=ordinal).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def due_statements(on: date) -> Q:
    """Which are to be frozen on a day: open, their last day past, under a contract that was agreed."""
    return Q(state=State.OPEN, cut_off__lt=on, contract__state__in=IN_FORCE)


def totals_of(statements: Iterable[Statement]) -> dict[int, int]:
    """What each comes to, in pence by its id: frozen ones as they stand, open ones as they would if they were frozen now."""
    rows = list(statements)
    found = {one.pk: one.total_pence for one in rows}
    open_ones = [one for one in rows if one.state == State.OPEN]
    if open_ones:
        contracts = list({one.contract_id: one.contract for one in open_ones}.values())
        worked = work_out_open(contracts, until=max(one.cut_off for one in open_ones))
        found.update({one.statement.pk: one.worked.total for one in worked if one.statement.pk in found})
    return found


def lines_of(statement: Statement) -> list[Line]:
    """Its lines: kept ones of a frozen statement, worked out ones of an open one."""
    if statement.state == State.OPEN:
        worked = work_out_open([statement.contract], until=statement.cut_off)
        return next((one.worked.lines for one in worked if one.statement.pk == statement.pk), [])
    kept = StatementLine.objects.filter(statement=statement).order_by("position")
    return [Line(one.kind, one.label, one.exact, one.pence, one.item_id, one.clawback_id) for one in kept]


def history_of_claims(item_ids: Sequence[int]) -> dict[int, list[Submission]]:
    """What was claimed and decided of each item, oldest first. One query."""
    found: dict[int, list[Submission]] = defaultdict(list)
    for one in Submission.objects.filter(item__in=item_ids).order_by("ordinal"):
        found[one.item_id].append(one)
    return found


def waiting_items(statement: Statement) -> list[OutcomeItem]:
    """What could still have come onto an open statement and is not on it: to be claimed, decided or sent again."""
    if statement.state != State.OPEN:
        return []
    states = [Item.PLANNED, Item.SUBMITTED, Item.REJECTED]
    rows = OutcomeItem.objects.filter(
        contract=statement.contract_id, state__in=states, service_from__lte=statement.cut_off
    )
    return list(rows.exclude(gate=OutcomeItem.Gate.NOTHING).order_by("due_on", "pk"))


@dataclass(frozen=True)
class YearSoFar:
    """The contract's year in which a statement lies: what its amounts pay at most, what they paid, and what was not earned."""

    agreed: int
    paid: int
    not_earned: list[OutcomeItem]

    @property
    def not_earned_pence(self) -> int:
        return sum(one.pence - one.earned_pence for one in self.not_earned)


def year_so_far(statement: Statement) -> YearSoFar:
    """By the days of service: a year begins on the day of the year on which the contract did."""
    begins = year_of(statement.contract, statement.cut_off)
    rows = OutcomeItem.objects.filter(
        contract=statement.contract_id, service_from__gte=begins, service_from__lt=add_months(begins, 12)
    ).exclude(state=Item.CANCELLED)
    items = list(rows.order_by("due_on", "pk"))
    short = [
        one for one in items
        if one.state == Item.NOT_MET or (one.state not in OPEN_STATES and one.earned_pence < one.pence)
    ]  # fmt: skip
    return YearSoFar(sum(one.pence for one in items), sum(one.settled_pence for one in items), short)


OPEN_STATES = (Item.PLANNED, Item.SUBMITTED, Item.REJECTED)


def year_of(contract: OutcomeContract, day: date) -> date:
    """The first day of the contract's year in which a day lies."""
    begins = contract.valid_from
    while add_months(begins, 12) <= day:
        begins = add_months(begins, 12)
    return begins


def clawbacks_waiting(contract: OutcomeContract) -> list[tuple[Clawback, int]]:
    """What is to be taken back still, with how much of it in pence."""
    rows = Clawback.objects.filter(item__contract=contract).select_related("item").order_by("decided_on", "pk")
    left = [(one, one.pence - one.taken_pence - one.charged_pence) for one in rows]
    return [(one, pence) for one, pence in left if pence]


def last_month_end(on: date) -> date:
    """The last day of the month before."""
    return on.replace(day=1) - timedelta(days=1)
