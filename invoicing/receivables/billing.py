"""The invoice batch: facts from the database, a proposal by pure rules, and its writing in chunks.

Each chunk is one transaction that locks its items, claims its numbers and writes everything by COPY. A run that is
killed loses nothing that it committed, and the next run bills what is left: no item is ever billed twice, because an
item is billed only by the conditional update from ``pending`` in the transaction of its invoice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import F

from invoicing.documents.drafts import DraftDocument
from invoicing.documents.issue import issue_documents
from invoicing.receivables import grouping
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import copy_rows

CHUNK = 100

_FIELDS = (
    "id", "invoice_to_id", "invoice_to__name", "invoice_to__number", "consumer_id", "consumer__name", "supplier_id",
    "description", "quantity", "unit_price_pence", "net_pence", "reduced_pence", "vat_category", "vat_rate",
    "vat_reason", "account_id", "stream_id", "analysis_code", "cfr_code", "aar_code", "service_from", "service_to",
    "purchase_order", "held_reason", "steps", "invoice_to__terms__purchase_order_rule",
    "invoice_to__terms__payer_reference_name", "invoice_to__terms__payment_days",
)  # fmt: skip


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


def _facts(on: date) -> Iterator[grouping.ChargeFacts]:
    rows = (
        Charge.objects.filter(state=Charge.State.PENDING, bill_on__lte=on, net_pence__gt=F("reduced_pence"))
        .order_by("id")
        .values_list(*_FIELDS)
        .iterator(chunk_size=5000)
    )
    for row in rows:
        values = dict(zip(_FIELDS, row, strict=True))
        yield grouping.ChargeFacts(
            id=values["id"],
            invoice_to_id=values["invoice_to_id"],
            invoice_to_name=values["invoice_to__name"],
            invoice_to_number=values["invoice_to__number"],
            consumer_id=values["consumer_id"],
            consumer_name=values["consumer__name"],
            supplier_id=values["supplier_id"],
            description=values["description"],
            quantity=values["quantity"],
            unit_price_pence=values["unit_price_pence"],
            due_pence=values["net_pence"] - values["reduced_pence"],
            vat=VatTreatment(values["vat_category"], values["vat_rate"], values["vat_reason"]),
            account=values["account_id"],
            stream=values["stream_id"],
            analysis_code=values["analysis_code"],
            cfr_code=values["cfr_code"],
            aar_code=values["aar_code"],
            service_from=values["service_from"],
            service_to=values["service_to"],
            purchase_order=values["purchase_order"],
            held_reason=values["held_reason"],
            steps=tuple(values["steps"]),
            needs_purchase_order=values["invoice_to__terms__purchase_order_rule"] == "required",
            payer_reference_name=values["invoice_to__terms__payer_reference_name"] or "Purchase order",
            payment_days=30 if (days := values["invoice_to__terms__payment_days"]) is None else days,
        )


def propose(*, on: date) -> grouping.Proposal:
    """What an invoice batch on this day would issue: items whose day has come, grouped, and those that are held."""
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
    proposal = proposal or propose(on=on)
    report = RunReport(on=on)
    for start in range(0, len(proposal.invoices), chunk):
        part = proposal.invoices[start : start + chunk]
        _issue_chunk(part, actor, report)
        if progress:
            progress(min(start + chunk, len(proposal.invoices)), len(proposal.invoices))
    return report


@transaction.atomic
def _issue_chunk(drafts: Sequence[DraftDocument], actor: Actor, report: RunReport) -> None:
    current = _still_as_proposed(drafts)
    report.changed += len(drafts) - len(current)
    if not current:
        return
    issued = issue_documents(drafts=current, actor=actor)
    charge_ids = [line.charge_id for draft in current for line in draft.lines]
    line_ids = [line_id for _, _, span in issued for line_id in span]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoicing_charge c SET state = 'billed', document_line_id = given.line"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, line)"
            " WHERE c.id = given.id AND c.state = 'pending'",
            [charge_ids, line_ids],
        )
        if cursor.rowcount != len(charge_ids):
            raise RuntimeError(f"{cursor.rowcount} of {len(charge_ids)} items were still to invoice")
    open_items(current, [pk for pk, _, _ in issued])
    report.numbers += [number for _, number, _ in issued]
    report.net_pence += sum(draft.net_pence for draft in current)
    report.vat_pence += sum(draft.vat_pence for draft in current)


def open_items(drafts: Sequence[DraftDocument], document_ids: Sequence[int]) -> None:
    """What is owed on freshly issued invoices, due on their due dates."""
    copy_rows(
        ReceivableItem,
        ("document_id", "organisation_id", "due_on", "pence", "outstanding_pence"),
        (
            (pk, draft.customer_id, draft.due_on, draft.gross_pence, draft.gross_pence)
            for draft, pk in zip(drafts, document_ids, strict=True)
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
