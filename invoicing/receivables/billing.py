"""The invoice batch: facts from the database, a proposal by pure rules, and its writing in chunks.

Each chunk is one transaction that writes everything by COPY, claims its numbers and bills its items. A run that is
killed loses nothing that it committed, and the next run bills what is left: no item is ever billed twice, because an
item is billed only by the conditional update from ``pending`` in the transaction of its invoice.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from invoicing.documents.drafts import DraftDocument
from invoicing.documents.instalment_plan import payments
from invoicing.documents.issue import issue_documents
from invoicing.documents.preparing import Prepared, prepare
from invoicing.receivables import grouping
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.recognition.deferring import open_deferrals
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import as_array, built_ahead, collector_paused, copy_rows

CHUNK = 100
_FIRST = 250
_FETCHED = 2500

# In the order of the fields of ChargeFacts; the VAT treatment takes three columns.
_FACTS = """
SELECT c.id, c.invoice_to_id, o.name, o.number, c.consumer_id, s.name, c.supplier_id, c.description, c.quantity,
       c.unit_price_pence, c.net_pence - c.reduced_pence,
       c.vat_category, c.vat_rate, c.vat_reason,
       c.account_id, c.stream_id, c.analysis_code, c.cfr_code, c.aar_code, c.service_from, c.service_to,
       c.purchase_order, c.held_reason, c.steps, coalesce(t.purchase_order_rule = 'required', false),
       coalesce(nullif(t.payer_reference_name, ''), 'Purchase order'), coalesce(t.payment_days, 30),
       c.label, c.recognition, c.instalments, c.bill_on,
       coalesce(t.invoice_grouping, 'purchase_order'), coalesce(t.invoice_rhythm, 'as_due'),
       p.name, p.kind <> 'partnership', m.id, c.fund_id
FROM invoicing_charge c
JOIN organisations_organisation o ON o.id = c.invoice_to_id
JOIN organisations_organisation s ON s.id = c.consumer_id
JOIN organisations_organisation p ON p.id = c.supplier_id
LEFT JOIN invoicing_salesmandate m ON m.supplier_id = c.supplier_id AND daterange(m.valid_from, m.valid_to) @> %s::date
LEFT JOIN organisations_customerterms t ON t.organisation_id = c.invoice_to_id
WHERE c.state = 'pending' AND c.bill_on <= %s AND c.net_pence > c.reduced_pence
ORDER BY c.id
"""
_FACTS_OF_ONE = _FACTS.replace("ORDER BY", "AND c.invoice_to_id = %s\nORDER BY")
_VAT = slice(11, 14)

# An item is billed only as it was proposed: pending and due, for that amount, order and customer, not held. In a CASE,
# so that the planner joins by ids whatever it believes of how many items are pending.
_BILL = """
UPDATE invoicing_charge c SET state = 'billed', document_line_id = given.line
FROM ROWS FROM (unnest(%s::bigint[]), unnest(%s::bigint[]), unnest(%s::bigint[]), unnest(%s::bigint[]),
                json_array_elements_text(%s::json)) AS given(id, line, pence, customer, purchase_order)
WHERE c.id = given.id AND CASE WHEN c.state = 'pending' THEN
      c.held_reason = '' AND c.bill_on <= %s AND c.net_pence - c.reduced_pence = given.pence
      AND c.purchase_order = given.purchase_order AND c.invoice_to_id = given.customer ELSE false END
"""


class _Ready(NamedTuple):
    """A chunk of invoices with all that can be made of them before they are written; ``items`` is what _BILL is given."""

    drafts: Sequence[DraftDocument]
    prepared: list[Prepared]
    items: "_Items"


class _Items(NamedTuple):
    """The items of some invoices as they were proposed, in the order of the lines: arrays and JSON for PostgreSQL."""

    lines: int
    ids: str
    pence: str
    customers: str
    purchase_orders: str

    @classmethod
    def on(cls, drafts: Sequence[DraftDocument]) -> "_Items":
        lines = [line for draft in drafts for line in draft.lines]
        return cls(
            lines=len(lines),
            ids=as_array(line.charge_id or 0 for line in lines),
            pence=as_array(line.net_pence for line in lines),
            customers=as_array(draft.customer_id for draft in drafts for _ in draft.lines),
            purchase_orders=json.dumps([line.purchase_order for line in lines]),
        )


class _ItemsChanged(Exception):
    """Not every item was as it was proposed; what was written is rolled back."""


@dataclass
class RunReport:
    """What a run did: numbers issued, totals in pence, and how many proposed invoices had changed meanwhile."""

    on: date
    numbers: list[str] = field(default_factory=list)
    net_pence: int = 0
    vat_pence: int = 0
    changed: int = 0

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence


def facts_of(customer_id: int, *, on: date) -> list[grouping.ChargeFacts]:
    """The items of one customer that are due by a day, as an invoice batch of that day reads them."""
    return list(_facts(on, customer_id))


def _facts(on: date, customer_id: int | None = None) -> Iterator[grouping.ChargeFacts]:
    """The items that are due, a batch of rows being fetched while the one before is looked at."""
    treatments: dict[tuple[str, Decimal, str], VatTreatment] = {}
    with connection.chunked_cursor() as cursor, ThreadPoolExecutor(max_workers=1) as fetcher:
        cursor.execute(*((_FACTS, [on, on]) if customer_id is None else (_FACTS_OF_ONE, [on, on, customer_id])))
        coming = fetcher.submit(cursor.fetchmany, _FETCHED)
        while rows := coming.result():
            coming = fetcher.submit(cursor.fetchmany, _FETCHED)
            for row in rows:
                vat = treatments.get(row[_VAT]) or treatments.setdefault(row[_VAT], VatTreatment(*row[_VAT]))
                yield grouping.ChargeFacts._make((*row[: _VAT.start], vat, *row[_VAT.stop :]))


def propose(*, on: date) -> grouping.Proposal:
    """What an invoice batch on this day would issue: items whose day has come, grouped, and those that are held."""
    with collector_paused():
        return grouping.propose(_facts(on), on=on)


def run_billing(
    *,
    on: date,
    actor: Actor,
    proposal: grouping.Proposal | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int, int], None] | None = None,
) -> RunReport:
    """Issues the proposal (a fresh one unless given) in chunks of invoices, one transaction each.

    An invoice whose items changed since the proposal is left for the next run and counted in ``changed``. Only a
    finance officer or manager may issue.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="issue invoices")
    if not 1 <= chunk <= 1000:
        raise ValueError("A chunk has from 1 to 1,000 invoices")
    report = RunReport(on=on)
    if proposal:
        _issue(proposal.invoices, _ready, chunk, actor, report, progress)
    else:
        with collector_paused():
            groups = grouping.gathered(_facts(on), on=on).groups
        _issue(
            groups,
            lambda part: _ready([grouping.invoice_of(group, on=on) for group in part]),
            chunk,
            actor,
            report,
            progress,
        )
    return report


def _ready(drafts: Sequence[DraftDocument]) -> _Ready:
    return _Ready(drafts, prepare(drafts), _Items.on(drafts))


def _issue(
    invoices: Sequence[Any],
    ready: Callable[[Sequence[Any]], _Ready],
    chunk: int,
    actor: Actor,
    report: RunReport,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Issues chunk after chunk; ``ready`` makes drafts of the next while the database writes the one before.

    The first of several has at most _FIRST invoices: until it is ready the database has nothing to do.
    """
    if not invoices:
        return
    first = chunk if len(invoices) <= chunk else min(chunk, _FIRST)
    parts = [invoices[:first], *(invoices[at : at + chunk] for at in range(first, len(invoices), chunk))]
    done = 0
    with built_ahead(parts, ready) as built:
        for part, made in built:
            _issue_chunk(made, actor, report)
            done += len(part)
            if progress:
                progress(done, len(invoices))


def _issue_chunk(ready: _Ready, actor: Actor, report: RunReport) -> None:
    """Writes a chunk as it was proposed, or, where an item has changed since, what is left of it once it is locked."""
    drafts = ready.drafts
    try:
        with transaction.atomic(), collector_paused():
            numbers = _write(ready, actor)
    except _ItemsChanged:
        with transaction.atomic():
            current = _still_as_proposed(drafts)
            numbers = issue_chunk(current, actor)
        report.changed += len(drafts) - len(current)
        drafts = current
    report.numbers += numbers
    report.net_pence += sum(draft.net_pence for draft in drafts)
    report.vat_pence += sum(draft.vat_pence for draft in drafts)


def issue_chunk(drafts: Sequence[DraftDocument], actor: Actor) -> list[str]:
    """Issues drafts of items that the caller holds locked, in the caller's transaction: their numbers."""
    return _write(_ready(drafts), actor)


def _write(ready: _Ready, actor: Actor) -> list[str]:
    """Issues the drafts, opens what is owed and bills the items: the numbers. Raises _ItemsChanged if any differs."""
    drafts, prepared, items = ready
    if not drafts:
        return []
    with connection.cursor() as cursor:  # a chunk's rows are in memory: look them up rather than read whole tables
        cursor.execute("SET LOCAL random_page_cost = 1.1")
    issued = issue_documents(drafts=drafts, actor=actor, prepared=prepared)
    open_items(drafts, [pk for pk, _, _ in issued])
    open_deferrals(drafts=drafts, spans=[span for _, _, span in issued], source_keys=_source_keys)
    line_ids = as_array(line_id for _, _, span in issued for line_id in span)
    with connection.cursor() as cursor:
        cursor.execute(
            _BILL,
            [
                items.ids,
                line_ids,
                items.pence,
                items.customers,
                items.purchase_orders,
                max(draft.issued_on for draft in drafts),
            ],
        )
        if cursor.rowcount != items.lines:
            raise _ItemsChanged
    return [number for _, number, _ in issued]


def _source_keys(charge_ids: Sequence[int]) -> dict[int, str]:
    return dict(Charge.objects.filter(pk__in=charge_ids).values_list("pk", "source_key"))


def open_items(drafts: Sequence[DraftDocument], document_ids: Sequence[int]) -> None:
    """What is owed on freshly issued invoices, due on their due dates, one item for each instalment."""
    copy_rows(
        ReceivableItem,
        ("document_id", "organisation_id", "due_on", "pence", "outstanding_pence"),
        (
            (pk, draft.customer_id, due_on, pence, pence)
            for draft, pk in zip(drafts, document_ids, strict=True)
            for due_on, pence in payments(draft.instalments) or [(draft.due_on or draft.issued_on, draft.gross_pence)]
        ),
    )


def _still_as_proposed(drafts: Sequence[DraftDocument]) -> list[DraftDocument]:
    """Locks the items in the order of their ids and keeps the invoices whose every item is as it was proposed."""
    ids = [line.charge_id for draft in drafts for line in draft.lines if line.charge_id]
    locked = {
        row[0]: row[1:]
        for row in Charge.objects.select_for_update(of=("self",))
        .filter(pk__in=ids, state=Charge.State.PENDING, bill_on__lte=max(draft.issued_on for draft in drafts))
        .order_by("pk")
        .values_list("pk", F("net_pence") - F("reduced_pence"), "purchase_order", "invoice_to_id", "held_reason")
    }
    return [
        draft
        for draft in drafts
        if all(
            locked.get(line.charge_id or 0) == (line.net_pence, line.purchase_order, draft.customer_id, "")
            for line in draft.lines
        )
    ]
