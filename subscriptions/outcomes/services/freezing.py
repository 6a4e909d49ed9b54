"""Writing what statements came to: lines by COPY, each state and sum by one conditional update, then owed or charged once.

The caller holds the contracts' rows. Where anything moved meanwhile, an update misses a row and all is undone.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from invoicing.payables.owing_many import NewPayable, owe_many
from invoicing.receivables.charging_many import NewCharge, charge_many
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import as_array, copy_rows
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period
from marketplace.core.wording import long_date
from marketplace.organisations.queries import partnership
from subscriptions.outcomes.models import OutcomeContract, Statement, StatementLine
from subscriptions.outcomes.rules.stating import CLAWBACK, ITEM
from subscriptions.outcomes.services.working_out import WorkedStatement


class StatementMoved(DomainError):
    """Something on the statement changed while it was being frozen. Nothing was written."""

    code = "statement_moved"


def source_key(statement: Statement) -> str:
    """Under which a statement's total is owed or charged, once."""
    return f"outcome-statement:{statement.pk}"


_REACHED = """
UPDATE subscriptions_outcomeitem i SET state = 'eligible', earned = i.pence / 100.0, earned_pence = i.pence,
    statement_id = v.statement
FROM unnest(%s::bigint[], %s::bigint[]) AS v(item, statement)
WHERE i.id = v.item AND i.state = 'planned' AND i.gate = 'nothing'
"""
_FROZEN = """
UPDATE subscriptions_statement s SET state = 'frozen', total_pence = v.total, retained_pence = v.retained,
    source_key = CASE WHEN v.total = 0 THEN '' ELSE 'outcome-statement:' || s.id END, frozen_on = %s, frozen_by_id = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS v(id, total, retained)
WHERE s.id = v.id AND s.state = 'open'
"""
_PAYABLE = """
UPDATE subscriptions_outcomeitem SET state = 'payable', settled_pence = earned_pence
WHERE id = ANY(%s::bigint[]) AND state = 'eligible'
"""
_TAKEN = """
UPDATE subscriptions_clawback c SET taken_pence = c.taken_pence + v.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, pence)
WHERE c.id = v.id AND c.taken_pence + c.charged_pence + v.pence <= c.pence
"""
_TAKEN_OF = """
UPDATE subscriptions_outcomeitem i SET settled_pence = i.settled_pence - v.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, pence) WHERE i.id = v.id AND i.settled_pence >= v.pence
"""
_PAID = """
UPDATE subscriptions_outcomecontract c SET settled_pence = v.settled, retained_pence = v.retained, carried_pence = v.carried
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS v(id, was, settled, retained, carried)
WHERE c.id = v.id AND c.settled_pence = v.was AND v.settled + v.retained <= c.value_pence
"""


def write_frozen(found: Sequence[WorkedStatement], *, on: date, actor: Actor) -> None:
    """Freezes each statement as it was worked out. Raises StatementMoved, and what the database refuses."""
    _write_lines(found, on, actor)
    _move_money(found)
    _push(found, on, actor)
    events.record_many(facts=[_fact(one) for one in found], actor=actor)


def _write_lines(found: Sequence[WorkedStatement], on: date, actor: Actor) -> None:
    reached = [(item, one.statement.pk) for one in found for item in one.reached]
    _move(_REACHED, reached)
    copy_rows(
        StatementLine,
        ("statement_id", "position", "kind", "item_id", "clawback_id", "label", "exact", "pence"),
        [
            (
                one.statement.pk, position, line.kind, line.item_id, line.clawback_id, line.label[:240], line.exact,
                line.pence,
            )
            for one in found
            for position, line in enumerate(one.worked.lines, start=1)
        ],
    )  # fmt: skip
    figures = [(one.statement.pk, one.worked.total, one.worked.retained) for one in found]
    _move(_FROZEN, figures, on, actor.person_id)
    paid = [(line.item_id,) for one in found for line in one.worked.lines if line.kind == ITEM]
    _move(_PAYABLE, paid)


def _move_money(found: Sequence[WorkedStatement]) -> None:
    clawed: dict[int, int] = {}
    items: dict[int, int] = {}
    last: dict[int, WorkedStatement] = {}
    for one in found:
        last[one.contract.pk] = one
        for line in one.worked.lines:
            if line.kind == CLAWBACK and line.clawback_id is not None and line.item_id is not None:
                clawed[line.clawback_id] = clawed.get(line.clawback_id, 0) - line.pence
                items[line.item_id] = items.get(line.item_id, 0) - line.pence
    _move(_TAKEN, list(clawed.items()))
    _move(_TAKEN_OF, list(items.items()))
    contracts = [
        (pk, one.contract.settled_pence, after.settled, after.retained, after.carried)
        for pk, one in last.items()
        for after in [one.worked.after]
    ]
    _move(_PAID, contracts)


def _move(statement: str, rows: Sequence[Sequence[Any]], *before: Any) -> None:
    """Runs an update over rows given as columns; each row must be hit."""
    if not rows:
        return
    columns = [as_array(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, *columns])
        if cursor.rowcount != len(rows):
            raise StatementMoved("Something on this statement changed meanwhile. Look at it again, then freeze it.")


def _push(found: Iterable[WorkedStatement], on: date, actor: Actor) -> None:
    """What is not nought is owed to the other party or charged to it, once for each statement."""
    owed, charged = [], []
    for one in found:
        if one.worked.total:
            if one.contract.side == OutcomeContract.Side.PAYS:
                owed.append(_payable(one))
            else:
                charged.append(_charge(one, on))
    owe_many(items=owed, on=on, actor=actor)
    if charged:
        charge_many(items=charged, supplier=partnership(), actor=actor)


def describe(one: WorkedStatement) -> str:
    """What the invoice or the amount due says: never a person's name."""
    return f"{one.contract.title}, statement to {long_date(one.statement.cut_off)}"


def _terms(one: WorkedStatement) -> dict[str, Any]:
    contract, statement = one.contract, one.statement
    return {
        "source_key": source_key(statement),
        "description": describe(one),
        "net_pence": one.worked.total,
        "vat": VatTreatment(contract.vat_category, contract.vat_rate, contract.vat_reason),
        "account_code": contract.account_id,
        "stream_code": contract.stream_id,
        "service": Period(statement.service_from, statement.cut_off + timedelta(days=1)),
        "analysis_code": contract.analysis_code,
    }


def _payable(one: WorkedStatement) -> NewPayable:
    return NewPayable(provider_id=one.contract.party_id, **_terms(one))


def _charge(one: WorkedStatement, on: date) -> NewCharge:
    contract = one.contract
    return NewCharge(
        consumer_id=contract.party_id,
        invoice_to_id=contract.party_id,
        label=contract.number,
        cfr_code="",
        aar_code="",
        bill_on=on,
        purchase_order=one.statement.purchase_order or contract.purchase_order,
        steps=[],
        recognition="at_once",
        **_terms(one),
    )


def _fact(one: WorkedStatement) -> dict[str, Any]:
    return {
        "kind": "outcome_statement.frozen",
        "subject_kind": "outcome_contract",
        "subject": one.contract.number,
        "organisation_ids": [one.contract.party_id],
        "payload": {
            "statement": one.statement.ordinal,
            "total_pence": one.worked.total,
            "taken_pence": -one.worked.of_kind(CLAWBACK),
            "retained_pence": one.worked.retained,
        },
    }
