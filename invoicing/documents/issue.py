"""Issuing: numbers, snapshots of both parties, the posting, and the seal. One path for every kind of document."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from invoicing.documents.agency_sales import AgencySale
from invoicing.documents.drafts import DraftDocument
from invoicing.documents.models import Document, DocumentLine, Instalment, VatGroup
from invoicing.documents.preparing import Prepared, jsonb_text, prepare
from invoicing.documents.snapshot import Party
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, post
from invoicing.mandates.granting import series_of
from marketplace.core import events, series
from marketplace.core.actors import Actor
from marketplace.core.bulk import as_array, copy_rows, copy_text, next_ids
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

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
_INSTALMENT = (
    "document_id", "position", "due_on", "category", "rate", "net_pence", "vat_pence", "reached_vat_pence",
)  # fmt: skip

_Paper = tuple[DraftDocument, Prepared]
_SERIES = {
    "invoice": chart.INVOICE_SERIES, "credit_note": chart.CREDIT_NOTE_SERIES, "claim_back": chart.CLAIM_BACK_SERIES,
}  # fmt: skip
_NAMES = {"invoice": "Invoice", "credit_note": "Credit note", "claim_back": "Repayment request"}
# The guards make the hash again from what stands in the tables and compare, and refuse what is no draft.
# Only the ids join: what the planner believes of states is no matter, so a chunk is never compared row by row.
_SEAL = """
UPDATE invoicing_document d SET state = 'issued', number = given.number, entry_id = given.entry,
       content_hash = given.hash
FROM ROWS FROM (unnest(%s::bigint[]), unnest(%s::bigint[]), json_array_elements_text(%s::json),
                json_array_elements_text(%s::json)) AS given(id, entry, number, hash)
WHERE d.id = given.id
"""
_PARTIES = """
SELECT DISTINCT ON (i.organisation_id) i.organisation_id, o.number, i.name, i.street, i.locality, i.address3, i.town,
       i.county, i.postcode, i.country, i.vat_number, i.company_number, o.notify_email
FROM organisations_identity i JOIN organisations_organisation o ON o.id = i.organisation_id
WHERE i.organisation_id = ANY(%s::bigint[])
ORDER BY i.organisation_id, i.valid_from <= %s DESC, abs(i.valid_from - %s)
"""


def parties_on(organisation_ids: set[int], on: date) -> dict[int, dict[str, Any]]:
    """Snapshots of organisations as they are named and addressed on a day. Raises LookupError for one without.

    One that is only named from a later day on appears as it is first named.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES, [as_array(sorted(organisation_ids)), on, on])
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


def issue_documents(
    *, drafts: Sequence[DraftDocument], actor: Actor, prepared: Sequence[Prepared] | None = None
) -> list[tuple[int, str, list[int]]]:
    """Issues drafts in the caller's transaction: (document id, number, line ids) for each, in order.

    Numbers come from the gapless series, locked until the transaction ends. Each document is posted with the source
    ``document:NUMBER`` and sealed; the database recomputes its sums and its hash as it seals. ``prepared`` is what
    ``prepare`` has made of these drafts already.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Documents are issued inside a transaction.")
    if not drafts:
        return []
    papers = list(zip(drafts, prepare(drafts) if prepared is None else prepared, strict=True))
    parties = _Parties(drafts)
    document_ids = next_ids(Document, len(drafts))
    line_ids = next_ids(DocumentLine, sum(len(draft.lines) for draft in drafts))
    spans, start = [], 0
    for draft in drafts:
        spans.append(line_ids[start : start + len(draft.lines)])
        start += len(draft.lines)
    _write(papers, parties, document_ids, spans)
    numbers = _claim(drafts)
    entries = _post(papers, parties, numbers, actor)
    _seal(papers, parties, document_ids, numbers, entries)
    _record(papers, numbers, actor)
    return list(zip(document_ids, numbers, spans, strict=True))


def _post(papers: Sequence[_Paper], parties: "_Parties", numbers: Sequence[str], actor: Actor) -> list[int | None]:
    """The entry of each document; None for a self-billed one, with which nothing is posted."""
    posted = post(
        entries=[
            posting_of(draft, made, number, parties.name_of_customer(draft))
            for (draft, made), number in zip(papers, numbers, strict=True)
            if not draft.self_billed
        ],
        actor=actor,
    )
    entries = iter(posted)
    return [None if draft.self_billed else next(entries) for draft, _ in papers]


class _Parties:
    """Who the parties of these drafts are on the days of their issue; each is written as JSON once."""

    def __init__(self, drafts: Sequence[DraftDocument]) -> None:
        days: dict[date, set[int]] = {}
        agent = partnership().pk if any(draft.mandate_id for draft in drafts) else None
        for draft in drafts:
            days.setdefault(draft.issued_on, set()).update((draft.supplier_id, draft.customer_id))
            if draft.mandate_id and agent:
                days[draft.issued_on].add(agent)
        self._names: dict[tuple[date, int], str] = {}
        self._json: dict[tuple[date, int], str] = {}
        self._in_name_of: dict[tuple[date, int], str] = {}
        self._found: dict[tuple[date, int], dict[str, Any]] = {}
        for day, ids in days.items():
            found = parties_on(ids, day)
            for pk, party in found.items():
                self._names[day, pk] = party["name"]
                self._found[day, pk] = party
                self._json[day, pk] = jsonb_text(party)
                if agent in found:
                    self._in_name_of[day, pk] = jsonb_text({**party, "agent": found[agent]["name"]})

    def name_of_customer(self, draft: DraftDocument) -> str:
        return self._names[draft.issued_on, draft.customer_id]

    def seller(self, draft: DraftDocument) -> str:
        if draft.seller_vat_number is not None:
            return self._with_number(draft.issued_on, draft.supplier_id, draft.seller_vat_number)
        parties = self._in_name_of if draft.mandate_id else self._json
        return parties[draft.issued_on, draft.supplier_id]

    def _with_number(self, on: date, supplier_id: int, vat_number: str) -> str:
        return jsonb_text({**self._found[on, supplier_id], "vat_number": vat_number})

    def buyer(self, draft: DraftDocument) -> str:
        return self._json[draft.issued_on, draft.customer_id]


def _seal(
    papers: Sequence[_Paper],
    parties: _Parties,
    document_ids: list[int],
    numbers: list[str],
    entries: Sequence[int | None],
) -> None:
    hashes = [
        made.hash_of(draft=draft, number=number, seller=parties.seller(draft), buyer=parties.buyer(draft))
        for (draft, made), number in zip(papers, numbers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SEAL, [as_array(document_ids), _nullable(entries), json.dumps(numbers), json.dumps(hashes)])
        if cursor.rowcount != len(papers):
            raise RuntimeError(f"{cursor.rowcount} of {len(papers)} documents could be sealed")


def _nullable(ids: Sequence[int | None]) -> str:
    return "{" + ",".join("NULL" if pk is None else str(pk) for pk in ids) + "}"


def _record(papers: Sequence[_Paper], numbers: Sequence[str], actor: Actor) -> None:
    events.record_many(
        facts=[
            {
                "kind": f"{draft.kind}.issued",
                "subject_kind": "document",
                "subject": number,
                "organisation_ids": made.concerned,
                "payload": {"gross_pence": draft.gross_pence, "issued_on": draft.issued_on.isoformat()},
            }
            for (draft, made), number in zip(papers, numbers, strict=True)
        ],
        actor=actor,
    )


def _series_of(draft: DraftDocument) -> str:
    if draft.self_billed:
        return self_billed_series(draft.supplier_id, draft.kind)
    return series_of(draft.supplier_id, draft.kind) if draft.mandate_id else _SERIES[draft.kind]


def self_billed_series(provider_id: int, kind: str) -> str:
    """The number series of what is written for a provider, apart for invoices and credit notes."""
    return f"self-billed:{provider_id}" + (":credit" if kind == "self_billed_credit" else "")


def _claim(drafts: Sequence[DraftDocument]) -> list[str]:
    """Numbers in the order of the drafts; series are locked in one fixed order so that runs cannot deadlock."""
    numbers: dict[int, str] = {}
    codes = [_series_of(d) for d in drafts]
    if all(d.self_billed for d in drafts):
        return series.claim_each(codes)
    for code in sorted(set(codes)):
        places = [index for index, own in enumerate(codes) if own == code]
        for index, number in zip(places, series.claim(series=code, count=len(places)), strict=True):
            numbers[index] = number
    return [numbers[index] for index in range(len(drafts))]


def _write(papers: Sequence[_Paper], parties: _Parties, document_ids: list[int], spans: list[list[int]]) -> None:
    rows = [(draft, made, pk, span) for (draft, made), pk, span in zip(papers, document_ids, spans, strict=True)]
    copy_rows(
        Document,
        _DOCUMENT,
        (
            (
                pk, d.kind, "draft", d.supplier_id, d.customer_id, d.issued_on, d.tax_point, d.due_on,
                d.purchase_order, d.payer_reference_name, d.net_pence, d.vat_pence, d.gross_pence,
                parties.seller(d), parties.buyer(d), d.credits_id, d.reason, "",
            )
            for d, _, pk, _ in rows
        ),
    )  # fmt: skip
    lines = [f"{own}\t{pk}\t{line}" for _, made, pk, span in rows for own, line in zip(span, made.lines, strict=True)]
    copy_text(DocumentLine, _LINE, "".join(lines))
    copy_text(VatGroup, _GROUP, "".join([f"{pk}\t{group}" for _, made, pk, _ in rows for group in made.groups]))
    instalments = [
        (pk, *part, part.vat_pence if part.due_on <= d.issued_on else 0)
        for d, _, pk, _ in rows
        for part in d.instalments
    ]
    if instalments:
        copy_rows(Instalment, _INSTALMENT, instalments)
    if sales := [(pk, d.supplier_id, d.mandate_id) for d, _, pk, _ in rows if d.mandate_id and d.kind == "invoice"]:
        copy_rows(AgencySale, ("document_id", "supplier_id", "mandate_id"), sales)


def posting_of(draft: DraftDocument, prepared: Prepared, number: str, customer_name: str) -> NewEntry:
    """The entry of a document, its prepared movements in it."""
    name = _NAMES[draft.kind]
    return NewEntry(
        kind=draft.kind,
        source_key=f"document:{number}",
        on=draft.tax_point,
        issued_on=draft.issued_on,
        narrative=f"{name} {number} to {customer_name}",
        movements=prepared.movements,
    )
