"""Issuing: numbers, snapshots of both parties, the posting, and the seal. One path for every kind of document."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection, transaction

from invoicing.documents.drafts import DraftDocument, DraftLine
from invoicing.documents.models import Document, DocumentLine, VatGroup
from invoicing.documents.snapshot import Party
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core import events, series
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.organisations.models import Identity, Organisation

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
_SEAL = """
UPDATE invoicing_document d SET state = 'issued', number = given.number, entry_id = given.entry
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given(id, number, entry)
WHERE d.id = given.id AND d.state = 'draft'
"""


def parties_on(organisation_ids: set[int], on: date) -> dict[int, dict[str, Any]]:
    """Snapshots of organisations as they are named and addressed on a day. Raises LookupError for one without."""
    found: dict[int, dict[str, Any]] = {}
    identities = (
        Identity.objects.filter(organisation_id__in=organisation_ids)
        .select_related("organisation")
        .order_by("organisation_id", "valid_from")
    )
    for identity in identities:
        known = identity.organisation_id in found
        if not known or identity.valid_from <= on:
            found[identity.organisation_id] = Party(
                number=identity.organisation.number,
                name=identity.name,
                address=identity.address_lines,
                country=identity.country,
                vat_number=identity.vat_number,
                company_number=identity.company_number,
                email=identity.organisation.notify_email,
            ).as_json()
    if missing := organisation_ids - set(found):
        names = ", ".join(Organisation.objects.filter(pk__in=missing).values_list("name", flat=True))
        raise LookupError(f"No name and address on record for: {names}")
    return found


def issue_documents(*, drafts: Sequence[DraftDocument], actor: Actor) -> list[tuple[int, str, list[int]]]:
    """Issues drafts in the caller's transaction: (document id, number, line ids) for each, in order.

    Numbers come from the gapless series, locked until the transaction ends. Each document is posted with the source
    ``document:NUMBER`` and sealed; the database recomputes its sums as it seals.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Documents are issued inside a transaction.")
    if not drafts:
        return []
    drafts = _with_parties(drafts)
    document_ids = next_ids(Document, len(drafts))
    line_ids = next_ids(DocumentLine, sum(len(draft.lines) for draft in drafts))
    spans, start = [], 0
    for draft in drafts:
        spans.append(line_ids[start : start + len(draft.lines)])
        start += len(draft.lines)
    _write(drafts, document_ids, spans)
    numbers = _claim(drafts)
    entries = post(
        entries=[posting_of(draft, number) for draft, number in zip(drafts, numbers, strict=True)], actor=actor
    )
    with connection.cursor() as cursor:
        cursor.execute(_SEAL, [document_ids, numbers, entries])
        if cursor.rowcount != len(drafts):
            raise RuntimeError(f"{cursor.rowcount} of {len(drafts)} documents could be sealed")
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
    return list(zip(document_ids, numbers, spans, strict=True))


def _with_parties(drafts: Sequence[DraftDocument]) -> list[DraftDocument]:
    days: dict[date, set[int]] = {}
    for draft in drafts:
        days.setdefault(draft.issued_on, set()).update((draft.supplier_id, draft.customer_id))
    parties = {day: parties_on(ids, day) for day, ids in days.items()}
    return [
        replace(
            draft,
            seller=parties[draft.issued_on][draft.supplier_id],
            buyer=parties[draft.issued_on][draft.customer_id],
        )
        for draft in drafts
    ]


def _claim(drafts: Sequence[DraftDocument]) -> list[str]:
    """Numbers in the order of the drafts; series are locked in one fixed order so that runs cannot deadlock."""
    numbers: dict[int, str] = {}
    for kind in sorted({draft.kind for draft in drafts}):
        places = [index for index, draft in enumerate(drafts) if draft.kind == kind]
        for index, number in zip(places, series.claim(series=_SERIES[kind], count=len(places)), strict=True):
            numbers[index] = number
    return [numbers[index] for index in range(len(drafts))]


def _write(drafts: Sequence[DraftDocument], document_ids: list[int], spans: list[list[int]]) -> None:
    rows = list(zip(drafts, document_ids, spans, strict=True))
    copy_rows(
        Document,
        _DOCUMENT,
        (
            (
                pk, d.kind, "draft", d.supplier_id, d.customer_id, d.issued_on, d.tax_point, d.due_on,
                d.purchase_order, d.payer_reference_name, d.net_pence, d.vat_pence, d.gross_pence,
                json.dumps(d.seller), json.dumps(d.buyer), d.credits_id, d.reason, "",
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
        line.service_to, line.purchase_order, list(line.working), line.credits_line_id,
    )  # fmt: skip


def posting_of(draft: DraftDocument, number: str) -> NewEntry:
    """Invoice: receivable → income per line, receivable → VAT per group.

    Credit note: income → money on account per line, VAT → money on account per group; it is then allocated to the
    invoice that it credits, or stays on account where that is already paid.
    """
    customer = draft.customer_id
    movements = []
    for line in draft.lines:
        if draft.kind == "invoice":
            sides: dict[str, Any] = {"debit": chart.RECEIVABLES, "debit_party": customer, "credit": line.account}
        else:
            sides = {"debit": line.account, "credit": chart.UNALLOCATED, "credit_party": customer}
        movements.append(
            NewMovement(pence=line.net_pence, stream=line.stream, analysis_code=line.analysis_code, **sides)
        )
    for group in draft.groups:
        if group.vat_pence:
            if draft.kind == "invoice":
                sides = {"debit": chart.RECEIVABLES, "debit_party": customer, "credit": chart.VAT_OUTPUT}
            else:
                sides = {"debit": chart.VAT_OUTPUT, "credit": chart.UNALLOCATED, "credit_party": customer}
            movements.append(NewMovement(pence=group.vat_pence, **sides))
    name = "Invoice" if draft.kind == "invoice" else "Credit note"
    return NewEntry(
        kind=draft.kind,
        source_key=f"document:{number}",
        on=draft.tax_point,
        issued_on=draft.issued_on,
        narrative=f"{name} {number} to {draft.buyer.get('name', '')}",
        movements=movements,
    )
