"""What an approved opening position leaves in the books: one entry for each account and each item, against 3900."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from invoicing.documents.issue import parties_on
from invoicing.documents.models import Document, DocumentLine, VatGroup
from invoicing.journals.models import OpeningPlaces, OpeningPosition, Purchase
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.rules.opening import CONTROLS, document_number
from invoicing.journals.rules.opening_file import InvoiceRow, OpeningFile
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.recognition.deferring import take_over_deferred
from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

Parties = Mapping[str, Organisation]
KIND = "opening"
OLD_VAT = "Invoiced, and its VAT declared, before these books began"


def post_opening(*, opening: OpeningPosition, file: OpeningFile, parties: Parties, actor: Actor) -> None:
    """Everything of the file, in the caller's transaction. The file has been checked."""
    _accounts(opening, file, actor)
    _invoices(opening, file, parties, actor)
    _credits(opening, file, parties, actor)
    _deferred(opening, file, parties, actor)
    _owed(opening, file, parties, actor)
    OpeningPlaces.objects.bulk_create(
        OpeningPlaces(position=opening, customer=parties[row.customer], offer=row.offer, count=row.places)
        for row in file.places
    )


def _entry(opening: OpeningPosition, what: str, narrative: str, movement: NewMovement) -> NewEntry:
    return NewEntry(
        kind=KIND, source_key=f"opening:{what}", on=opening.on, narrative=narrative[:240], movements=[movement]
    )


def _accounts(opening: OpeningPosition, file: OpeningFile, actor: Actor) -> None:
    """The balances that are not sums of items."""
    entries = []
    for row in file.balances:
        if row.pence == 0 or row.account in CONTROLS:
            continue
        sides = (row.account, chart.OPENING) if row.pence > 0 else (chart.OPENING, row.account)
        movement = NewMovement(*sides, pence=abs(row.pence), stream=row.stream or None)
        entries.append(_entry(opening, f"account:{row.account}", f"Opening balance of {row.account}", movement))
    if entries:
        post(entries=entries, actor=actor)


def _invoices(opening: OpeningPosition, file: OpeningFile, parties: Parties, actor: Actor) -> None:
    """Each open invoice as a document outside our series, with one line and one item that is paid like any other."""
    if not file.invoices:
        return
    ours = partnership()
    named = parties_on({ours.pk, *(parties[row.customer].pk for row in file.invoices)}, opening.on)
    documents = Document.objects.bulk_create(
        [_document(row, ours, parties[row.customer], named) for row in file.invoices]
    )
    pairs = list(zip(documents, file.invoices, strict=True))
    DocumentLine.objects.bulk_create([_line(document, row) for document, row in pairs])
    VatGroup.objects.bulk_create(
        VatGroup(
            document=document, category="O", rate=Decimal(0), reason=OLD_VAT, net_pence=row.outstanding_pence,
            vat_pence=0,
        )
        for document, row in pairs
    )  # fmt: skip
    entries = post(
        entries=[
            _entry(
                opening, f"document:{document_number(row.number)}",
                f"{document_number(row.number)} taken over: invoice {row.number} of {row.customer}",
                NewMovement(
                    chart.RECEIVABLES, chart.OPENING, row.outstanding_pence, debit_party=document.customer_id
                ),
            )
            for document, row in pairs
        ],
        actor=actor,
    )  # fmt: skip
    for (document, row), entry in zip(pairs, entries, strict=True):
        Document.objects.filter(pk=document.pk).update(
            state=Document.State.ISSUED, number=document_number(row.number), entry_id=entry
        )
    ReceivableItem.objects.bulk_create(
        ReceivableItem(
            document=document, organisation_id=document.customer_id, due_on=row.due_on, pence=row.outstanding_pence,
            outstanding_pence=row.outstanding_pence,
        )
        for document, row in pairs
    )  # fmt: skip


def _document(
    row: InvoiceRow, ours: Organisation, customer: Organisation, named: Mapping[int, dict[str, object]]
) -> Document:
    return Document(
        kind=Document.Kind.OPENING, supplier=ours, customer=customer, issued_on=row.dated_on,
        tax_point=row.dated_on, due_on=row.due_on, net_pence=row.outstanding_pence, vat_pence=0,
        gross_pence=row.outstanding_pence, seller=named[ours.pk], buyer=named[customer.pk],
        reason=f"Invoice {row.number} of the books before, {Money(row.gross_pence)} with its VAT",
    )  # fmt: skip


def _line(document: Document, row: InvoiceRow) -> DocumentLine:
    return DocumentLine(
        document=document, position=1, description=f"Still to be paid on invoice {row.number}",
        consumer_id=document.customer_id, consumer_name=document.buyer["name"], quantity=Decimal(1),
        unit_price_pence=row.outstanding_pence, net_pence=row.outstanding_pence, vat_category="O",
        vat_rate=Decimal(0), vat_reason=OLD_VAT, vat_pence=0, account_id=chart.OPENING, stream_id="OT",
        working=[f"{Money(row.outstanding_pence)} of {Money(row.gross_pence)} was still to be paid"],
    )  # fmt: skip


def _credits(opening: OpeningPosition, file: OpeningFile, parties: Parties, actor: Actor) -> None:
    """Money on account, each set against invoices like a receipt."""
    if not file.credits:
        return
    keys = [f"opening:credit:{position}" for position in range(1, len(file.credits) + 1)]
    entries = post(
        entries=[
            _entry(
                opening, key.removeprefix("opening:"), f"Credit of {row.customer} taken over: {row.reference}",
                NewMovement(
                    chart.OPENING, chart.UNALLOCATED, row.pence, credit_party=parties[row.customer].pk
                ),
            )
            for key, row in zip(keys, file.credits, strict=True)
        ],
        actor=actor,
    )  # fmt: skip
    UnallocatedItem.objects.bulk_create(
        UnallocatedItem(
            kind=UnallocatedItem.Kind.RECEIPT, source_key=key, organisation=parties[row.customer],
            received_on=row.dated_on, reference=row.reference[:120], pence=row.pence, remaining_pence=row.pence,
            entry_id=entry,
        )
        for key, row, entry in zip(keys, file.credits, entries, strict=True)
    )  # fmt: skip


def _deferred(opening: OpeningPosition, file: OpeningFile, parties: Parties, actor: Actor) -> None:
    """Income paid for in advance; what of it lies before is earned in the old books."""
    if not file.deferred:
        return
    post(
        entries=[
            _entry(
                opening, f"deferral:{position}", f"Deferred income of {row.customer} taken over: {row.description}",
                NewMovement(
                    chart.OPENING, chart.DEFERRED_INCOME, row.pence, credit_party=parties[row.customer].pk
                ),
            )
            for position, row in enumerate(file.deferred, start=1)
        ],
        actor=actor,
    )  # fmt: skip
    for position, row in enumerate(file.deferred, start=1):
        take_over_deferred(
            source_key=f"opening:deferral:{position}", customer=parties[row.customer], pence=row.pence,
            service=Period(row.service_from, row.service_to + timedelta(days=1)), account_code=row.account,
            stream_code=row.stream, since=opening.on, actor=actor,
        )  # fmt: skip


def _owed(opening: OpeningPosition, file: OpeningFile, parties: Parties, actor: Actor) -> None:
    """Suppliers' invoices that are still to be paid, by the same two people."""
    if not file.owed:
        return
    series.ensure_series(code=chart.PURCHASE_SERIES, prefix="PUR")
    numbers = series.claim(series=chart.PURCHASE_SERIES, count=len(file.owed))
    entries = post(
        entries=[
            _entry(
                opening, f"purchase:{number}", f"{number} taken over: {row.supplier}, {row.number}",
                NewMovement(
                    chart.OPENING, chart.PAYABLES, row.outstanding_pence, credit_party=parties[row.supplier].pk
                ),
            )
            for number, row in zip(numbers, file.owed, strict=True)
        ],
        actor=actor,
    )  # fmt: skip
    Purchase.objects.bulk_create(
        Purchase(
            number=number, state=TwoPeople.State.APPROVED, prepared_by_id=opening.prepared_by_id,
            approved_by_id=opening.approved_by_id, supplier=parties[row.supplier], supplier_number=row.number,
            dated_on=row.dated_on, due_on=row.due_on, net_pence=row.outstanding_pence, vat_pence=0,
            gross_pence=row.outstanding_pence, outstanding_pence=row.outstanding_pence, opening=True, entry_id=entry,
        )
        for number, row, entry in zip(numbers, file.owed, entries, strict=True)
    )  # fmt: skip
