"""Issuing: numbers, snapshots of both parties, the posting, and the seal. One path for every kind of document."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from invoicing.documents.drafts import DraftDocument, DraftLine
from invoicing.documents.models import Document, DocumentLine, VatGroup
from invoicing.documents.snapshot import Party
from invoicing.documents.triggers import GROUPS_OF_ONE, LINES_OF_ONE, seal_of
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core import events, series
from marketplace.core.actors import Actor
from marketplace.core.bulk import as_array, copy_rows, next_ids
from marketplace.organisations.models import Organisation

_DOCUMENT = (
    "id", "kind", "state", "supplier_id", "customer_id", "issued_on", "tax_point", "due_on", "purchase_order",
    "payer_reference_name", "net_pence", "vat_pence", "gross_pence", "seller", "buyer", "credits_id", "reason",
    "content_hash",
)  # fmt: skip
_LINE = (
    "id", "document_id", "position", "description", "consumer_id", "consumer_name", "quantity", "unit_price_pence",
    "net_pence", "vat_category", "vat_rate", "vat_reason", "vat_pence", "account_id", "stream_id", "analysis_code",
    "cfr_code", "aar_code", "service_from", "service_to", "purchase_order", "working", "credits_line_id",
)  # fmt: skip
_GROUP = ("document_id", "category", "rate", "reason", "net_pence", "vat_pence")

_SERIES = {"invoice": chart.INVOICE_SERIES, "credit_note": chart.CREDIT_NOTE_SERIES}
# The hash is made from what stands in the tables; the guards make it again and compare, and refuse what is no draft.
# Only the ids join: what the planner believes of states is no matter, so a chunk is never compared row by row.
_SEAL = f"""
UPDATE invoicing_document d SET state = 'issued', number = given.number, entry_id = given.entry,
       content_hash = {seal_of("given.number", LINES_OF_ONE, GROUPS_OF_ONE)}
FROM ROWS FROM (unnest(%s::bigint[]), json_array_elements_text(%s::json), unnest(%s::bigint[])) AS given(id, number, entry)
WHERE d.id = given.id
"""
_PARTIES = """
SELECT DISTINCT ON (i.organisation_id) i.organisation_id, o.number, i.name, i.street, i.locality, i.address3, i.town,
       i.county, i.postcode, i.country, i.vat_number, i.company_number, o.notify_email
FROM organisations_identity i JOIN organisations_organisation o ON o.id = i.organisation_id
WHERE i.organisation_id = ANY(%s)
ORDER BY i.organisation_id, i.valid_from <= %s DESC, abs(i.valid_from - %s)
"""


def parties_on(organisation_ids: set[int], on: date) -> dict[int, dict[str, Any]]:
    """Snapshots of organisations as they are named and addressed on a day. Raises LookupError for one without.

    One that is only named from a later day on appears as it is first named.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES, [sorted(organisation_ids), on, on])
        found = {
            pk: Party(
                number=number,
                name=name,
                address=[line for line in address if line],
                country=country,
                vat_number=vat_number,
                company_number=company_number,
                email=email,
            ).as_json()
            for pk, number, name, *address, country, vat_number, company_number, email in cursor.fetchall()
        }
    if missing := organisation_ids - set(found):
        names = ", ".join(Organisation.objects.filter(pk__in=missing).values_list("name", flat=True))
        raise LookupError(f"No name and address on record for: {names}")
    return found


def issue_documents(*, drafts: Sequence[DraftDocument], actor: Actor) -> list[tuple[int, str, list[int]]]:
    """Issues drafts in the caller's transaction: (document id, number, line ids) for each, in order.

    Numbers come from the gapless series, locked until the transaction ends. Each document is posted with the source
    ``document:NUMBER`` and sealed; the database recomputes its sums and its hash as it seals.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Documents are issued inside a transaction.")
    if not drafts:
        return []
    parties = _Parties(drafts)
    document_ids = next_ids(Document, len(drafts))
    line_ids = next_ids(DocumentLine, sum(len(draft.lines) for draft in drafts))
    spans, start = [], 0
    for draft in drafts:
        spans.append(line_ids[start : start + len(draft.lines)])
        start += len(draft.lines)
    _write(drafts, parties, document_ids, spans)
    numbers = _claim(drafts)
    entries = post(
        entries=[
            posting_of(draft, number, parties.name_of_customer(draft))
            for draft, number in zip(drafts, numbers, strict=True)
        ],
        actor=actor,
    )
    with connection.cursor() as cursor:
        cursor.execute(_SEAL, [as_array(document_ids), json.dumps(numbers), as_array(entries)])
        if cursor.rowcount != len(drafts):
            raise RuntimeError(f"{cursor.rowcount} of {len(drafts)} documents could be sealed")
    _record(drafts, numbers, actor)
    return list(zip(document_ids, numbers, spans, strict=True))


class _Parties:
    """Who the parties of these drafts are on the days of their issue; each is written as JSON once."""

    def __init__(self, drafts: Sequence[DraftDocument]) -> None:
        days: dict[date, set[int]] = {}
        for draft in drafts:
            days.setdefault(draft.issued_on, set()).update((draft.supplier_id, draft.customer_id))
        self._names: dict[tuple[date, int], str] = {}
        self._json: dict[tuple[date, int], str] = {}
        for day, ids in days.items():
            for pk, party in parties_on(ids, day).items():
                self._names[day, pk] = party["name"]
                self._json[day, pk] = json.dumps(party)

    def name_of_customer(self, draft: DraftDocument) -> str:
        return self._names[draft.issued_on, draft.customer_id]

    def seller(self, draft: DraftDocument) -> str:
        return self._json[draft.issued_on, draft.supplier_id]

    def buyer(self, draft: DraftDocument) -> str:
        return self._json[draft.issued_on, draft.customer_id]


def _record(drafts: Sequence[DraftDocument], numbers: Sequence[str], actor: Actor) -> None:
    events.record_many(
        facts=[
            {
                "kind": f"{draft.kind}.issued",
                "subject_kind": "document",
                "subject": number,
                "organisation_ids": sorted({draft.customer_id, *(line.consumer_id for line in draft.lines)}),
                "payload": {"gross_pence": draft.gross_pence, "issued_on": draft.issued_on.isoformat()},
            }
            for draft, number in zip(drafts, numbers, strict=True)
        ],
        actor=actor,
    )


def _claim(drafts: Sequence[DraftDocument]) -> list[str]:
    """Numbers in the order of the drafts; series are locked in one fixed order so that runs cannot deadlock."""
    numbers: dict[int, str] = {}
    for kind in sorted({draft.kind for draft in drafts}):
        places = [index for index, draft in enumerate(drafts) if draft.kind == kind]
        for index, number in zip(places, series.claim(series=_SERIES[kind], count=len(places)), strict=True):
            numbers[index] = number
    return [numbers[index] for index in range(len(drafts))]


def _write(drafts: Sequence[DraftDocument], parties: _Parties, document_ids: list[int], spans: list[list[int]]) -> None:
    rows = list(zip(drafts, document_ids, spans, strict=True))
    copy_rows(
        Document,
        _DOCUMENT,
        (
            (
                pk, d.kind, "draft", d.supplier_id, d.customer_id, d.issued_on, d.tax_point, d.due_on,
                d.purchase_order, d.payer_reference_name, d.net_pence, d.vat_pence, d.gross_pence,
                parties.seller(d), parties.buyer(d), d.credits_id, d.reason, "",
            )
            for d, pk, _ in rows
        ),
    )  # fmt: skip
    copy_rows(
        DocumentLine,
        _LINE,
        (
            _line_row(line_id, pk, position, line)
            for d, pk, span in rows
            for position, (line_id, line) in enumerate(zip(span, d.lines, strict=True), start=1)
        ),
    )
    copy_rows(
        VatGroup,
        _GROUP,
        ((pk, g.category, g.rate, g.reason, g.net_pence, g.vat_pence) for d, pk, _ in rows for g in d.groups),
    )


def _line_row(line_id: int, document_id: int, position: int, line: DraftLine) -> tuple[Any, ...]:
    return (
        line_id, document_id, position, line.description, line.consumer_id, line.consumer_name, line.quantity,
        line.unit_price_pence, line.net_pence, line.vat.category, line.vat.rate, line.vat.reason, line.vat_pence,
        line.account, line.stream, line.analysis_code, line.cfr_code, line.aar_code, line.service_from,
        line.service_to, line.purchase_order, list(line.working) or "{}", line.credits_line_id,
    )  # fmt: skip


def posting_of(draft: DraftDocument, number: str, customer_name: str) -> NewEntry:
    """Invoice: receivable → income per line, receivable → VAT per group.

    Credit note: income → money on account per line, VAT → money on account per group; it is then allocated to the
    invoice that it credits, or stays on account where that is already paid.
    """
    movement = _invoiced if draft.kind == "invoice" else _credited
    movements = [
        movement(draft.customer_id, line.account, line.net_pence, line.stream, line.analysis_code)
        for line in draft.lines
    ]
    movements += [
        movement(draft.customer_id, chart.VAT_OUTPUT, group.vat_pence) for group in draft.groups if group.vat_pence
    ]
    name = "Invoice" if draft.kind == "invoice" else "Credit note"
    return NewEntry(
        kind=draft.kind,
        source_key=f"document:{number}",
        on=draft.tax_point,
        issued_on=draft.issued_on,
        narrative=f"{name} {number} to {customer_name}",
        movements=movements,
    )


def _invoiced(customer: int, account: str, pence: int, stream: str | None = None, analysis: str = "") -> NewMovement:
    return NewMovement(chart.RECEIVABLES, account, pence, customer, None, stream, analysis)


def _credited(customer: int, account: str, pence: int, stream: str | None = None, analysis: str = "") -> NewMovement:
    return NewMovement(account, chart.UNALLOCATED, pence, None, customer, stream, analysis)
