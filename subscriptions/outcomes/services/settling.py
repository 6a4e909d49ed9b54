"""What is taken back after a contract's end, when no statement is left to take it: off what its statements owed or charged.

| side | the statement's amount | so |
|---|---|---|
| pays | the payable is reduced | the same expense account, stream and analysis fall; unpaid, less is paid; paid, the school's credit note comes off its next payment, or a repayment request asks for it |
| earns | the charge is reduced | the council gets a credit of the invoice that billed it |

First off the statement that paid the amount, then off the contract's others, the newest first: a statement may have come to less
than its lines, where it retained, capped or took back something. What none of them holds waits for the statement that
releases what was retained.
"""

from datetime import date

from django.db.models import F, QuerySet

from invoicing.payables.queries import left_of_payable
from invoicing.services import left_of, reduce, reduce_payable
from marketplace.core.actors import Actor
from subscriptions.outcomes.models import Clawback, OutcomeContract, Statement, StatementLine

_PAYS = OutcomeContract.Side.PAYS


def settle(clawback: Clawback, contract: OutcomeContract, *, on: date, actor: Actor) -> int:
    """Takes what is left of a claw-back off what the contract's statements owed or charged, in the caller's transaction.

    Returns how many pence that were. The caller holds the contract and the claw-back.
    """
    left = whole = clawback.pence - clawback.taken_pence - clawback.charged_pence
    for statement in _statements_of(clawback, contract):
        part = min(left, _left(contract, statement))
        if part:
            _take(contract, clawback, statement, part, on, actor)
            left -= part
        if not left:
            break
    if taken := whole - left:
        Clawback.objects.filter(pk=clawback.pk).update(charged_pence=F("charged_pence") + taken)
    return taken


def _statements_of(clawback: Clawback, contract: OutcomeContract) -> list[Statement]:
    """Those with an amount: the one that paid the item, then the newest first."""
    own = StatementLine.objects.filter(item=clawback.item_id, kind=StatementLine.Kind.ITEM).values("statement")
    rows: QuerySet[Statement] = Statement.objects.filter(contract=contract).exclude(source_key="")
    first = set(rows.filter(pk__in=own).values_list("pk", flat=True))
    return sorted(rows.order_by("-cut_off"), key=lambda one: one.pk not in first)


def _left(contract: OutcomeContract, statement: Statement) -> int:
    key = statement.source_key
    return left_of_payable(key) if contract.side == _PAYS else left_of(key)


def _take(
    contract: OutcomeContract, clawback: Clawback, statement: Statement, pence: int, on: date, actor: Actor
) -> None:
    take = reduce_payable if contract.side == _PAYS else reduce
    take(
        source_key=f"outcome-clawback:{clawback.pk}:{statement.pk}", of=statement.source_key, pence=pence,
        reason=f"{clawback.item.name}: {clawback.reason}"[:240], on=on, actor=actor,
    )  # fmt: skip
