"""The end of a contract: early, by who may end it, or by itself once its term is over and its statements are frozen.

| before | verb | after |
|---|---|---|
| active | ``terminate_contract`` | terminated: what is left is cancelled, cut or waits for its closing statement (``rules.ending``) |
| active | ``end_contracts_over`` | ended: what nobody claimed is cancelled |
| ended, terminated | ``end_contracts_over`` | what was to be taken back and found no statement comes off what was owed or charged (``settling``) |
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import round_half_up
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.core.working_days import previous_working_day
from subscriptions.outcomes.models import (
    Clawback,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementMove,
    Submission,
)
from subscriptions.outcomes.rules.ending import Fate, left_of
from subscriptions.outcomes.services.contracting import ContractStands, move, record
from subscriptions.outcomes.services.settling import settle
from subscriptions.outcomes.services.varying import withdraw_waiting

PAID_AFTER = timedelta(days=25)
State, Item = OutcomeContract.State, OutcomeItem.State


@transaction.atomic
def terminate_contract(
    *, contract: OutcomeContract, ended_on: date, reason: str, on: date, actor: Actor
) -> OutcomeContract:
    """Ends a contract early; ``ended_on`` is its last day. By a finance manager.

    What was verified stays payable, what was claimed is decided as before, and what is for later days is cancelled. All
    that no earlier statement takes goes on a closing statement, as do claw-backs. A proposed variation falls away.
    Refused: a day outside the term or on or before the last day of a frozen statement; a contract that is not in force.
    """
    actor.require(Role.FINANCE_MANAGER, to="end contracts early")
    reason = clean_line(reason, what="Reason", limit=300)
    held = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=contract.pk)
    _check_last_day(held, ended_on)
    withdraw_waiting(held, on=on, actor=actor)
    closing = _closing_statement(held, ended_on)
    cancelled = _divide(held, ended_on, closing, reason)
    _empty_later_statements(held, ended_on, closing, on, actor)
    move(held, State.ACTIVE, State.TERMINATED, ended_on=ended_on, end_reason=reason)
    record(
        "outcome_contract.terminated", held, actor, text={"reason": reason}, ended_on=ended_on.isoformat(),
        cancelled_pence=cancelled,
    )  # fmt: skip
    return held


def end_contracts_over(*, on: date, actor: Actor) -> int:
    """Ends what is over, and settles what is left of it: how many contracts were ended or settled.

    A contract is over once its term is, each statement is frozen, and no claim waits. Each in a transaction of its own.
    """
    waiting = Q(statements__state=Statement.State.OPEN) | Q(items__state__in=[Item.SUBMITTED, Item.ELIGIBLE])
    over = OutcomeContract.objects.filter(state=State.ACTIVE, valid_to__lte=on).exclude(waiting)
    done = sum(_end_one(pk, on, actor) for pk in over.order_by("pk").values_list("pk", flat=True))
    ended = OutcomeContract.objects.filter(
        state__in=[State.ENDED, State.TERMINATED],
        items__clawbacks__pence__gt=F("items__clawbacks__taken_pence") + F("items__clawbacks__charged_pence"),
    ).exclude(statements__state=Statement.State.OPEN)  # fmt: skip
    return done + sum(_settle_one(pk, on, actor) for pk in ended.distinct().order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class Remainder:
    """What an end after a day would leave of one open amount; ``pence`` is rounded half up."""

    item: OutcomeItem
    fate: Fate
    exact: Decimal
    pence: int


def preview_end(*, contract: OutcomeContract, ended_on: date) -> list[Remainder]:
    """What an early end would leave of each amount that nobody has claimed. Nothing is written; same refusals as the end."""
    _check_last_day(contract, ended_on)
    return _remainders(OutcomeItem.objects.filter(contract=contract), ended_on)


def _check_last_day(contract: OutcomeContract, ended_on: date) -> None:
    if contract.state != State.ACTIVE:
        raise ContractStands(f"{contract.number} is {contract.get_state_display().lower()}, so it cannot be ended.")
    term = Period(contract.valid_from, contract.valid_to)
    if ended_on not in term or ended_on == term.last_day:
        raise WrongInput(
            f"The last day must be on or after {long_date(term.start)} and before {long_date(term.last_day)}, on which "
            "the contract ends by itself"
        )
    frozen = Statement.objects.filter(contract=contract, state__in=[Statement.State.FROZEN, Statement.State.PAID])
    last = frozen.aggregate(day=Max("cut_off"))["day"]
    if last is not None and ended_on < last:
        raise WrongInput(f"The statement to {long_date(last)} is frozen. The last day must be on or after it.")


def _closing_statement(contract: OutcomeContract, ended_on: date) -> Statement:
    """An open statement for what is left: cut off when all that may still be claimed or decided has been."""
    statements = Statement.objects.filter(contract=contract)
    staying = OutcomeItem.objects.filter(
        contract=contract, service_to__lte=ended_on + timedelta(days=1), state__in=[Item.PLANNED, Item.REJECTED],
        measure__isnull=False,
    )  # fmt: skip
    days = [
        one.due_on + timedelta(days=one.measure.decide_days) for one in staying.select_related("measure") if one.measure
    ]
    waits = Submission.objects.filter(item__contract=contract, state=Submission.State.SUBMITTED)
    days += waits.values_list("decide_by", flat=True)
    taken = set(statements.values_list("cut_off", flat=True))
    cut_off = max([ended_on, *days])
    while cut_off in taken:
        cut_off += timedelta(days=1)
    before = statements.filter(cut_off__lte=ended_on).exclude(state=Statement.State.CANCELLED)
    last = before.aggregate(day=Max("cut_off"))["day"]
    return Statement.objects.create(
        contract=contract, ordinal=statements.count() + 1, closing=True, cut_off=cut_off,
        service_from=min(contract.valid_from if last is None else last + timedelta(days=1), cut_off),
        pay_on=previous_working_day(cut_off + PAID_AFTER),
    )  # fmt: skip


def _remainders(items: QuerySet[OutcomeItem], ended_on: date) -> list[Remainder]:
    found = []
    for item in items.filter(state__in=[Item.PLANNED, Item.REJECTED]).order_by("due_on", "pk"):
        left = left_of(
            pence=item.pence, service=Period(item.service_from, item.service_to),
            gated=item.gate != OutcomeItem.Gate.NOTHING, state=item.state, last_day=ended_on,
        )  # fmt: skip
        exact = Decimal(left.exact.numerator) / Decimal(left.exact.denominator)
        found.append(Remainder(item, left.fate, exact, round_half_up(exact)))
    return found


def _divide(contract: OutcomeContract, ended_on: date, closing: Statement, reason: str) -> int:
    """Cancels or cuts what is for later days; how many pence were cancelled."""
    cancelled = 0
    for one in _remainders(OutcomeItem.objects.select_for_update().filter(contract=contract), ended_on):
        item = one.item
        if one.fate == Fate.STAYS:
            continue
        cancelled += item.pence - one.pence
        if one.pence == 0:
            item.state, item.reason, item.statement = Item.CANCELLED, f"The contract ended early: {reason}"[:300], None
        else:
            item.state, item.earned, item.earned_pence = Item.ELIGIBLE, one.exact / 100, one.pence
            item.reason, item.statement = f"For its days up to {long_date(ended_on)}", closing
        item.save(update_fields=["state", "reason", "earned", "earned_pence", "statement"])
    return cancelled


def _empty_later_statements(
    contract: OutcomeContract, ended_on: date, closing: Statement, on: date, actor: Actor
) -> None:
    """What is verified for a statement that is no more goes on the closing one; each move is kept."""
    later = Statement.objects.filter(contract=contract, state=Statement.State.OPEN, cut_off__gt=ended_on, closing=False)
    moved = list(OutcomeItem.objects.filter(statement__in=later).order_by("pk"))
    StatementMove.objects.bulk_create(
        StatementMove(
            item=item, from_statement_id=item.statement_id, to_statement=closing, reason="The contract ended early",
            moved_on=on, moved_by_id=actor.person_id,
        )
        for item in moved
    )  # fmt: skip
    OutcomeItem.objects.filter(pk__in=[item.pk for item in moved]).update(statement=closing)
    later.update(state=Statement.State.CANCELLED)


@transaction.atomic
def _end_one(pk: int, on: date, actor: Actor) -> int:
    contract = OutcomeContract.objects.select_for_update().get(pk=pk)
    waits = OutcomeItem.objects.filter(contract=contract, state__in=[Item.SUBMITTED, Item.ELIGIBLE])
    if contract.state != State.ACTIVE or waits.exists():
        return 0
    withdraw_waiting(contract, on=on, actor=actor)
    unclaimed = OutcomeItem.objects.filter(contract=contract, state__in=[Item.PLANNED, Item.REJECTED])
    unclaimed.update(state=Item.CANCELLED, reason="Not claimed by the contract's end")
    move(contract, State.ACTIVE, State.ENDED, ended_on=contract.valid_to - timedelta(days=1))
    record("outcome_contract.ended", contract, actor, on=on.isoformat())
    return 1


@transaction.atomic
def _settle_one(pk: int, on: date, actor: Actor) -> int:
    """Takes what no statement is left to take off what its statements owed or charged; 1 where anything was."""
    contract = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=pk)
    due = Clawback.objects.select_for_update(of=("self",)).select_related("item").filter(item__contract=contract)
    taken = 0
    for clawback in list(due.filter(pence__gt=F("taken_pence") + F("charged_pence")).order_by("pk")):
        if pence := settle(clawback, contract, on=on, actor=actor):
            record("outcome_clawback.charged", contract, actor, item=clawback.item.code, pence=pence)
            taken += pence
    return 1 if taken else 0
