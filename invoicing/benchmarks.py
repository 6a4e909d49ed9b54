"""Benchmarks of the ledger and the invoice batch."""

import itertools
import time
from datetime import date
from decimal import Decimal
from functools import partial

from django.db import connection, transaction

from invoicing.ledger import chart, posting
from invoicing.ledger.models import JournalEntry, Movement
from invoicing.receivables.billing import run_billing
from invoicing.receivables.models import Charge
from marketplace.core.actors import platform
from marketplace.core.benchmarks import Benchmark, Round, register
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.verification import verify
from marketplace.organisations.models import Identity, Organisation
from marketplace.organisations.services.registry import add_organisation

ON = date(2026, 9, 1)
ACTOR = platform("bench")
_counter = itertools.count(1)
_OF_THE_BOOKS = {1, 2, 3, 4, 5, 6, 7, 8, 15, 23}  # the invariants of ledger, documents and receivables


def _customers(count: int) -> list[int]:
    """Customers with an identity; the partnership and the chart first, once."""
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        chart.seed_chart()
        add_organisation(
            kind=Organisation.Kind.PARTNERSHIP, name="Bench Partnership", valid_from=date(2020, 1, 1), actor=ACTOR
        )
    have = list(Organisation.objects.filter(kind="other").order_by("pk").values_list("pk", flat=True)[:count])
    if len(have) < count:
        ids = next_ids(Organisation, count - len(have))
        with transaction.atomic():
            copy_rows(
                Organisation,
                ("id", "number", "kind", "name", "notify_email"),
                ((pk, f"B{pk}", "other", f"Customer {pk}", "") for pk in ids),
            )
            Identity.objects.bulk_create(
                Identity(organisation_id=pk, valid_from=date(2020, 1, 1), name=f"Customer {pk}", town="Tidewell")
                for pk in ids
            )
        have += ids
    return have


def _ledger_post(size: int) -> Round:
    customers = _customers(100)
    batch = next(_counter)
    entries = [
        posting.NewEntry(
            kind="bench",
            source_key=f"bench:{batch}:{n}",
            on=ON,
            narrative=f"Bench {n}",
            movements=[
                posting.NewMovement(
                    debit=chart.RECEIVABLES,
                    debit_party=customers[n % 100],
                    credit="4200",
                    pence=10_000 + n,
                    stream="BS",
                ),
                posting.NewMovement(
                    debit=chart.RECEIVABLES, debit_party=customers[n % 100], credit=chart.VAT_OUTPUT, pence=2_000
                ),
            ],
        )
        for n in range(size)
    ]
    ids = next_ids(JournalEntry, size)
    heads = [
        (pk, "bench", f"floor:{batch}:{n}", ON, ON, ON, f"Bench {n}", None, "bench", None, "0" * 64)
        for n, pk in enumerate(ids)
    ]
    legs = [
        (pk, m.debit, True, m.debit_party, m.credit, False, None, m.pence, m.stream, "")
        for pk, entry in zip(ids, entries, strict=True)
        for m in entry.movements
    ]

    def floor() -> None:
        with transaction.atomic():
            copy_rows(JournalEntry, posting.ENTRY_COLUMNS, heads)
            copy_rows(Movement, posting.MOVEMENT_COLUMNS, legs)

    def work() -> None:
        with transaction.atomic():
            posting.post(entries=entries, actor=ACTOR)

    return Round(work=work, floor=floor)


_FLOOR_TABLES = (
    "invoicing_document",
    "invoicing_documentline",
    "invoicing_vatgroup",
    "invoicing_receivableitem",
    "invoicing_journalentry",
    "invoicing_movement",
)


def _billing_run(size: int) -> Round:
    """``size`` invoices of three lines each; the floor copies the rows of the round before by INSERT … SELECT.

    ``with_indexes`` is how many invoices a second that same statement writes into copies that have the tables' indexes
    and still none of their guards: what any program could reach that keeps these tables searchable.
    """
    customers = _customers(size)
    batch = next(_counter)
    _pending(customers, f"warm:{batch}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM invoicing_document")
        [before] = cursor.fetchone()
    run_billing(on=ON, actor=ACTOR)
    begun = time.perf_counter()
    _copy_rows_after(before, like="INCLUDING INDEXES")
    with_indexes = size / (time.perf_counter() - begun)
    _pending(customers, f"run:{batch}")

    def work() -> dict[str, float]:
        report = run_billing(on=ON, actor=ACTOR, chunk=1000)
        if len(report.numbers) != size:
            raise RuntimeError(f"{len(report.numbers)} of {size} invoices were issued")
        return {"with_indexes": with_indexes}

    return Round(work=work, floor=partial(_copy_rows_after, before), check=_books_hold)


def _copy_rows_after(document: int, *, like: str = "") -> None:
    """Writes the rows of all later documents once more, into empty copies of their tables, in one transaction."""
    own = {
        "invoicing_document": "id > %s",
        "invoicing_journalentry": "id IN (SELECT entry_id FROM invoicing_document WHERE id > %s)",
        "invoicing_movement": "entry_id IN (SELECT entry_id FROM invoicing_document WHERE id > %s)",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _FLOOR_TABLES:
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} {like})")
        for table in _FLOOR_TABLES:
            where = own.get(table, "document_id > %s")
            cursor.execute(f"INSERT INTO floor_{table} SELECT * FROM {table} WHERE {where}", [document])
        for table in _FLOOR_TABLES:
            cursor.execute(f"DROP TABLE floor_{table}")


def _books_hold() -> None:
    """Raises where verify_ledger would find the books that the runs have left to be wrong."""
    wrong = [
        f"{finding.invariant.name}: {finding.violations[0]}"
        for finding in verify()
        if finding.violations and finding.invariant.number in _OF_THE_BOOKS
    ]
    if wrong:
        raise RuntimeError(f"The books do not hold after the run. {'; '.join(wrong)}")


def _pending(customers: list[int], key: str) -> None:
    seller = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP).pk
    columns = (
        "source_key", "facts_hash", "state", "consumer_id", "invoice_to_id", "supplier_id", "description", "label",
        "quantity", "unit_price_pence", "net_pence", "reduced_pence", "vat_category", "vat_rate", "vat_reason",
        "account_id", "stream_id", "analysis_code", "cfr_code", "aar_code", "bill_on", "purchase_order", "held_reason",
        "steps", "created_at",
    )  # fmt: skip
    with transaction.atomic():
        copy_rows(
            Charge,
            columns,
            (
                (
                    f"{key}:{pk}:{n}", "", "pending", pk, pk, seller, f"Service {n}", "", Decimal(1), 10_000 + n,
                    10_000 + n, 0, "S", Decimal("0.20"), "", "4200", "BS", "", "E28a", "BAE300", ON, "", "", [],
                    "2026-09-01T00:00:00Z",
                )
                for pk in customers
                for n in range(3)
            ),
        )  # fmt: skip


register(Benchmark("ledger_post", "entries", 20_000, _ledger_post))
register(Benchmark("billing_run", "invoices", 5_000, _billing_run))
