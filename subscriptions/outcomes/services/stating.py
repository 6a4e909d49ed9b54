"""Statements of contracts that pay on verification: worked out, frozen once, paid; what is moved between them or taken back.

| statement | meaning | who moves it |
|---|---|---|
| open | worked out anew whenever somebody looks | ``freeze_statement``, ``freeze_due``; an early end cancels later ones |
| frozen | its lines stand; its total is owed or charged once | ``mark_paid_due`` |
| paid | nothing of it is open any more; of nought: its day of payment came | nobody |

| item | | moved here by |
|---|---|---|
| planned, on nothing gated → eligible → payable | its day came | freezing |
| eligible → payable | its statement froze | freezing |
| payable → paid | its statement was paid | ``mark_paid_due`` |
| payable, paid → clawed back | all that it paid is to be taken back | ``claw_back`` |
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet, Sum

from invoicing.settled import settled_sources
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.bulk import collector_paused
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.wording import long_date
from marketplace.core.working_days import previous_working_day
from subscriptions.outcomes.models import (
    Clawback,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementMove,
)
from subscriptions.outcomes.rules.stating import Worked
from subscriptions.outcomes.services.contracting import record
from subscriptions.outcomes.services.freezing import write_frozen
from subscriptions.outcomes.services.items import IN_FORCE, ItemStands, clean_reason, locked, require_state, tell
from subscriptions.outcomes.services.working_out import WorkedStatement, work_out_open

logger = logging.getLogger(__name__)
State, Item = Statement.State, OutcomeItem.State
TURN = 50
"""Contracts frozen in one transaction."""
PAID_AFTER = timedelta(days=25)


class StatementStands(DomainError):
    """What is asked does not go with the state that the statement is in."""

    code = "statement_stands"


class ClawbackTooLarge(DomainError):
    """No more is taken back of an item than it paid. ``remaining`` is in pence."""

    code = "clawback_too_large"


def work_out(statement: Statement) -> Worked:
    """What an open statement comes to as things stand: the calculation that freezing it writes.

    Open ones before it are worked out first. Raises StatementStands for one that is frozen: its lines are kept.
    """
    contract = statement.contract
    for one in work_out_open([contract], until=statement.cut_off):
        if one.statement.pk == statement.pk:
            return one.worked
    raise StatementStands(f"The statement to {long_date(statement.cut_off)} is not open. Look at its lines.")


@transaction.atomic
def freeze_statement(*, statement: Statement, on: date, actor: Actor) -> Statement:
    """Freezes one statement after its last day and owes or charges its total. By finance.

    Refused (StatementStands) while it runs, while an earlier one is open, when it is frozen already, and under a contract
    that nobody agreed.
    """
    actor.require(*FINANCE, to="freeze statements")
    contract = _hold(statement.contract_id)
    if contract.state not in IN_FORCE:
        state = contract.get_state_display().lower()
        raise StatementStands(f"{contract.number} is {state}, so it has nothing to freeze.")
    if statement.cut_off >= on:
        raise StatementStands(
            f"The statement runs until {long_date(statement.cut_off)}. Freeze it on a day after that.",
        )
    found = work_out_open([contract], until=statement.cut_off, lock=True)
    if statement.pk not in {one.statement.pk for one in found}:
        raise StatementStands(f"The statement to {long_date(statement.cut_off)} is frozen already. Look at it again.")
    if found[0].statement.pk != statement.pk:
        raise StatementStands(f"Freeze the statement to {long_date(found[0].statement.cut_off)} first.")
    write_frozen(found[:1], on=on, actor=actor)
    statement.refresh_from_db()
    return statement


def due_to_freeze(on: date) -> QuerySet[Statement]:
    """Open statements whose last day is past, under contracts that were agreed."""
    return Statement.objects.filter(state=State.OPEN, cut_off__lt=on, contract__state__in=IN_FORCE)


def freeze_due(*, on: date, actor: Actor, most: int = 10_000) -> int:
    """Freezes all statements whose last day is past, of up to ``most`` contracts; returns how many. By finance.

    Some contracts to a transaction; one that somebody is changing waits for the next call, and one that the database
    refuses is left out and logged, so that it does not stop the others.
    """
    actor.require(*FINANCE, to="freeze statements")
    due = due_to_freeze(on).order_by("contract_id").values_list("contract_id", flat=True).distinct()[:most]
    ids = list(due)
    return sum(_freeze_turn(ids[at : at + TURN], on, actor) for at in range(0, len(ids), TURN))


def _freeze_turn(contract_ids: Sequence[int], on: date, actor: Actor) -> int:
    try:
        return _freeze_together(contract_ids, on, actor)
    except (DomainError, IntegrityError) as error:
        if len(contract_ids) == 1:
            logger.error("contract %s: its statements were not frozen: %s", contract_ids[0], error)
            return 0
        return sum(_freeze_turn([one], on, actor) for one in contract_ids)


@transaction.atomic
def _freeze_together(contract_ids: Sequence[int], on: date, actor: Actor) -> int:
    contracts = OutcomeContract.objects.select_for_update(skip_locked=True).filter(
        pk__in=contract_ids, state__in=IN_FORCE
    )
    with collector_paused():
        found = work_out_open(list(contracts.order_by("pk")), until=on - timedelta(days=1), lock=True)
        if found:
            write_frozen(found, on=on, actor=actor)
    return len(found)


def preview_due(on: date) -> list[WorkedStatement]:
    """What ``freeze_due`` would freeze on that day, without writing anything."""
    ids = due_to_freeze(on).values("contract_id")
    contracts = OutcomeContract.objects.filter(pk__in=ids).select_related("party").order_by("pk")
    return work_out_open(list(contracts), until=on - timedelta(days=1))


def mark_paid_due(*, on: date, actor: Actor) -> int:
    """Marks frozen statements on which nothing is open any more as paid, with their items; returns how many.

    One that came to nought is paid on its day of payment. Twice is once.
    """
    waiting = Statement.objects.filter(state=State.FROZEN)
    paid = settled_sources(waiting.exclude(source_key="").values_list("source_key", flat=True))
    ready = waiting.filter(Q(source_key__in=paid) | Q(source_key="", pay_on__lte=on))
    done = 0
    for pk in list(ready.order_by("contract_id", "cut_off").values_list("pk", flat=True)):
        done += _mark_paid(pk, on, actor)
    return done


@transaction.atomic
def _mark_paid(pk: int, on: date, actor: Actor) -> int:
    statement = Statement.objects.select_related("contract").get(pk=pk)
    contract = _hold(statement.contract_id)
    if Statement.objects.filter(pk=pk, state=State.FROZEN).update(state=State.PAID) != 1:
        return 0
    OutcomeItem.objects.filter(statement=pk, state=Item.PAYABLE).update(state=Item.PAID)
    record(
        "outcome_statement.paid", contract, actor, statement=statement.ordinal, total_pence=statement.total_pence,
        on=on.isoformat(),
    )  # fmt: skip
    return 1


@transaction.atomic
def move_item(*, item: OutcomeItem, to: Statement, reason: str, on: date, actor: Actor) -> OutcomeItem:
    """Moves an amount to another open statement of its contract, with the reason. By finance.

    What is verified, or hangs on nothing and is not earned yet. Refused: another contract's statement, one that is not open
    (StatementStands), an amount that is not verified or already on a frozen one (ItemStands).
    """
    actor.require(*FINANCE, to="move amounts between statements")
    why = clean_reason(reason)
    _hold(item.contract_id)
    target = Statement.objects.select_for_update(of=("self",)).get(pk=to.pk)
    found = locked(item)
    if target.contract_id != found.contract_id:
        raise WrongInput("Choose a statement of the same contract")
    if found.gate == OutcomeItem.Gate.NOTHING:
        require_state(found, Item.PLANNED, Item.ELIGIBLE, to="move it")
    else:
        require_state(found, Item.ELIGIBLE, to="move it")
    if target.state != State.OPEN:
        raise StatementStands(f"The statement to {long_date(target.cut_off)} is not open. Choose another.")
    if found.statement_id == target.pk:
        raise WrongInput(f"{found.name} is on the statement to {long_date(target.cut_off)} already. Choose another.")
    StatementMove.objects.create(
        item=found, from_statement_id=found.statement_id, to_statement=target, reason=why, moved_on=on,
        moved_by_id=actor.person_id,
    )  # fmt: skip
    before = found.statement.ordinal if found.statement else 0
    if OutcomeItem.objects.filter(pk=found.pk, state=found.state).update(statement=target) != 1:
        raise ItemStands(f"{found.name} changed meanwhile. Look at it again.", state=found.state)
    tell("outcome_item.moved", found, actor, text={"reason": why}, before=before, after=target.ordinal)
    found.refresh_from_db()
    return found


@transaction.atomic
def claw_back(*, item: OutcomeItem, pence: int, reason: str, on: date, actor: Actor) -> Clawback:
    """Takes back what an item paid, on the next statements of its contract as far as they pay it. By a finance manager.

    A paid item is never undone: this is how it is mended. ``pence`` is at most what it paid and is not being taken back
    already (ClawbackTooLarge). Taken back whole, the item is so for good.
    """
    actor.require(Role.FINANCE_MANAGER, to="take back what was paid")
    why = clean_reason(reason)
    _hold(item.contract_id)
    found = locked(item)
    require_state(found, Item.PAYABLE, Item.PAID, to="take it back")
    if pence <= 0:
        raise WrongInput("What is taken back must be more than £0.00")
    so_far = Clawback.objects.filter(item=found).aggregate(sum=Sum("pence"), last=Max("ordinal"))
    left = found.earned_pence - (so_far["sum"] or 0)
    if pence > left:
        raise ClawbackTooLarge(
            f"{found.name} paid {Money(left)} that is not taken back yet. Enter {Money(left)} or less.", remaining=left
        )
    made = Clawback.objects.create(
        item=found, ordinal=(so_far["last"] or 0) + 1, pence=pence, reason=why, decided_on=on,
        decided_by_id=actor.person_id,
    )  # fmt: skip
    if pence == left:
        OutcomeItem.objects.filter(pk=found.pk, state=found.state).update(state=Item.CLAWED_BACK, reason=why)
    tell("outcome_item.clawed_back", found, actor, text={"reason": why}, pence=pence, left_pence=left - pence)
    return made


@transaction.atomic
def release_retention(*, contract: OutcomeContract, on: date, actor: Actor) -> Statement:
    """The statement on which what a contract retains is released, once its day has come; added where none is open. By finance.

    Refused (StatementStands) before its day, and where nothing is retained.
    """
    actor.require(*FINANCE, to="release what was retained")
    held = _hold(contract.pk)
    if not held.retained_pence or held.retention_due_on is None:
        raise StatementStands(f"{held.number} retains nothing.")
    if held.retention_due_on > on:
        raise StatementStands(
            f"{Money(held.retained_pence)} is released on {long_date(held.retention_due_on)}. Wait until then."
        )
    statements = Statement.objects.filter(contract=held)
    open_one = statements.filter(state=State.OPEN, cut_off__gte=held.retention_due_on).order_by("cut_off").first()
    if open_one is not None:
        return open_one
    last = statements.aggregate(last=Max("cut_off"), ordinal=Max("ordinal"))
    cut_off = max(on, last["last"] + timedelta(days=1))
    made = Statement.objects.create(
        contract=held, ordinal=last["ordinal"] + 1, closing=True, service_from=min(last["last"] + timedelta(days=1), cut_off),
        cut_off=cut_off, pay_on=previous_working_day(cut_off + PAID_AFTER),
    )  # fmt: skip
    record("outcome_contract.retention_released", held, actor, pence=held.retained_pence, statement=made.ordinal)
    return made


def release_due(*, on: date, actor: Actor) -> int:
    """Adds the statement that releases a retention to contracts that have none left for it; returns how many."""
    due = OutcomeContract.objects.filter(retained_pence__gt=0, retention_due_on__lte=on, state__in=IN_FORCE)
    without = due.exclude(statements__state=State.OPEN, statements__cut_off__gte=F("retention_due_on"))
    found = list(without.order_by("pk"))
    for contract in found:
        release_retention(contract=contract, on=on, actor=actor)
    return len(found)


def _hold(contract_id: int) -> OutcomeContract:
    """The contract's row under lock: what is verified, varied or frozen under it waits for each other here."""
    return OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=contract_id)
