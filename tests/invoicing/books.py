"""Small helpers for telling what the books say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from django.db import Error, connection, transaction

from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.reports import trial_balance
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import record_receipt, run_billing
from marketplace.core.actors import Actor, platform
from marketplace.organisations.models import Organisation

FIRST = date(2026, 9, 1)
LAST_DAY = date(9999, 12, 31)


def bill(on: date = FIRST, actor: Actor | None = None) -> list[Document]:
    """Runs the invoice batch of a day and returns its invoices in the order of their numbers."""
    report = run_billing(on=on, actor=actor or platform("test"))
    return list(Document.objects.filter(number__in=report.numbers).order_by("number"))


def balances(on: date = LAST_DAY) -> dict[str, int]:
    """Pence by account code, debit positive; accounts at nought are left out."""
    return {line.code: line.pence for line in trial_balance(on=on) if line.pence}


def receive(payer: Organisation, pence: int, *, key: str, on: date = FIRST) -> UnallocatedItem:
    """A receipt at the bank on the payer's account."""
    return record_receipt(
        source_key=key,
        payer=payer,
        pence=pence,
        received_on=on,
        reference="",
        bank_account=LedgerAccount.objects.get(code="1000"),
        actor=platform("test"),
    )


def written() -> dict[str, int]:
    """Rows of everything that a refused verb must leave alone."""
    tables = (
        "invoicing_journalentry", "invoicing_movement", "invoicing_document", "invoicing_documentline",
        "invoicing_vatgroup", "invoicing_allocation", "invoicing_unallocateditem", "invoicing_charge",
        "invoicing_reduction", "core_event",
    )  # fmt: skip
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


@contextmanager
def nothing_written() -> Iterator[None]:
    """What happens inside must leave no trace in the books, in what is open and in the events."""
    before, money = written(), balances()
    yield
    assert written() == before
    assert balances() == money


@contextmanager
def refused(words: str, error: type[psycopg.Error] = psycopg.errors.RestrictViolation) -> Iterator[None]:
    """The database itself must refuse, by this error of PostgreSQL and in these words."""
    with pytest.raises((Error, psycopg.Error), match=words) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__ or caught.value, error)


@contextmanager
def rolled_back() -> Iterator[None]:
    """A stretch of a test whose rows are taken back at its end, for the examples of a property."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run_sql(statement: str, *values: object) -> int:
    """Runs one statement by hand and returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)
