"""What the books refer to exists and stays: held by guards of the statement instead of foreign keys of each row."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount, LedgerParty
from invoicing.receivables.models import Charge
from marketplace.organisations.models import Organisation
from tests.invoicing.books import bill, nothing_written, refused, run_sql
from tests.invoicing.documents.test_document_guards import draft, group, line
from tests.invoicing.ledger.test_database_guards import entry_by_hand, movement_by_hand

pytestmark = pytest.mark.django_db(transaction=True)
MISSING = psycopg.errors.ForeignKeyViolation
NOBODY = 987_654_321


def test_a_movement_needs_its_entry_its_accounts_and_its_stream(oakfield):
    with nothing_written():
        with refused("there is no journal entry", MISSING):
            movement_by_hand(NOBODY)
        with refused("movement_debit_account: there is no account 9999", MISSING):
            movement_by_hand(entry_by_hand(), debit="9999")
        with refused("movement_credit_account: there is no account 1100 with control f", MISSING):
            movement_by_hand(entry_by_hand(), credit="1100")
        with refused("there is no income stream ZZ", MISSING):
            run_sql(
                "INSERT INTO invoicing_movement (entry_id, debit_account_id, debit_control, credit_account_id,"
                " credit_control, pence, stream_id, analysis_code) VALUES (%s, '1000', false, '4200', false, 1, 'ZZ', '')",
                entry_by_hand(),
            )


def test_the_books_name_only_organisations_on_record(partnership, oakfield):
    sides = {"debit": "1100", "debit_control": True}
    with nothing_written(), pytest.raises(IntegrityError, match="organisation"), transaction.atomic():
        movement_by_hand(entry_by_hand(), debit_party=NOBODY, **sides)
    document = draft(partnership, oakfield)
    for change in ("supplier_id", "customer_id"):
        with pytest.raises(IntegrityError, match="organisation"), transaction.atomic():
            run_sql(f"UPDATE invoicing_document SET {change} = %s WHERE id = %s", NOBODY, document)
    line(document)
    with pytest.raises(IntegrityError, match="organisation"), transaction.atomic():
        run_sql("UPDATE invoicing_documentline SET consumer_id = %s WHERE document_id = %s", NOBODY, document)


def test_an_organisation_that_the_books_name_cannot_go(small_world, oakfield):
    assert LedgerParty.objects.filter(pk=oakfield.pk).exists()
    with nothing_written(), pytest.raises(IntegrityError, match="invoicing_ledgerparty"), transaction.atomic():
        with connection.cursor() as cursor:  # everything else that refers to it has let it go
            cursor.execute(
                "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint"
                " WHERE contype = 'f' AND confrelid = 'organisations_organisation'::regclass"
                " AND conrelid <> 'invoicing_ledgerparty'::regclass"
            )
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
        run_sql("DELETE FROM organisations_organisation WHERE id = %s", oakfield.pk)
    assert Organisation.objects.filter(pk=oakfield.pk).exists()
    for statement in ("DELETE FROM {}", "UPDATE {} SET organisation_id = organisation_id", "TRUNCATE {}"):
        with refused("of invoicing_ledgerparty is refused"):
            run_sql(statement.format("invoicing_ledgerparty"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM invoicing_ledgeraccount WHERE code = '7900'",
        "UPDATE invoicing_ledgeraccount SET code = '4201' WHERE code = '4200'",
        "UPDATE invoicing_ledgeraccount SET control = true WHERE code = '1000'",
        "TRUNCATE invoicing_ledgeraccount CASCADE",
        "DELETE FROM invoicing_incomestream WHERE code = 'OT'",
        "UPDATE invoicing_incomestream SET code = 'XX' WHERE code = 'BS'",
        "TRUNCATE invoicing_incomestream CASCADE",
    ],
)
def test_no_account_or_stream_goes_or_changes_its_code(small_world, statement):
    with nothing_written(), refused("is refused"):
        run_sql(statement)


def test_an_account_may_have_a_better_name(partnership):
    assert LedgerAccount.objects.filter(code="4200").update(name="Business support") == 1
    account = LedgerAccount.objects.get(code="4200")
    account.save()  # writes every column, code and control as they were


def test_a_line_needs_its_document_its_account_and_its_stream(partnership, oakfield):
    document = draft(partnership, oakfield)
    line(document)
    with refused("a line or VAT group without its document", MISSING):
        group(NOBODY)
    with refused("a line or VAT group without its document", MISSING):
        run_sql(
            "INSERT INTO invoicing_documentline SELECT (jsonb_populate_record(l, jsonb_build_object("
            "'id', %s, 'document_id', %s))).* FROM invoicing_documentline l", NOBODY, NOBODY,
        )  # fmt: skip
    for change in ("account_id = '9999'", "stream_id = 'ZZ'"):
        with refused("there is no account", MISSING):
            run_sql(f"UPDATE invoicing_documentline SET {change}")


def test_a_draft_with_lines_or_groups_stays(partnership, oakfield):
    document = draft(partnership, oakfield)
    line(document)
    with refused("a draft goes after its lines", MISSING):
        run_sql("DELETE FROM invoicing_document WHERE id = %s", document)
    run_sql("DELETE FROM invoicing_documentline WHERE document_id = %s", document)
    group(document)
    with refused("a draft goes after its lines", MISSING):
        run_sql("DELETE FROM invoicing_document WHERE id = %s", document)


def test_a_draft_cannot_go_while_another_transaction_adds_a_line(partnership, oakfield):
    document = draft(partnership, oakfield)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO invoicing_vatgroup (document_id, category, rate, reason, net_pence, vat_pence)"
                " VALUES (%s, 'S', 0.2, '', 1000, 200)", [document],
            )  # fmt: skip
        run_sql("SET lock_timeout = '300ms'")
        with refused("lock timeout", psycopg.errors.LockNotAvailable):
            run_sql("DELETE FROM invoicing_document WHERE id = %s", document)
        other.commit()
    finally:
        other.close()
        run_sql("SET lock_timeout = 0")
    with refused("a draft goes after its lines", MISSING):
        run_sql("DELETE FROM invoicing_document WHERE id = %s", document)


def test_what_is_owed_and_what_is_billed_stands_on_issued_documents(partnership, oakfield, charges):
    document = draft(partnership, oakfield)
    line(document)
    charges(oakfield, 1_000, key="waits")
    with refused("nothing is owed on document", MISSING):
        run_sql(
            "INSERT INTO invoicing_receivableitem (document_id, organisation_id, due_on, pence, outstanding_pence)"
            " VALUES (%s, %s, %s, 1, 1)", document, oakfield.pk, date(2026, 9, 1),
        )  # fmt: skip
    for target in ("(SELECT max(id) FROM invoicing_documentline)", str(NOBODY)):
        with refused("waits is not on a line of an issued document", MISSING):
            run_sql(f"UPDATE invoicing_charge SET state = 'billed', document_line_id = {target}")
    assert Charge.objects.get().state == Charge.State.PENDING


def test_what_is_owed_stays_with_its_document_and_customer(small_world, council):
    for change in (f"organisation_id = {council.pk + 1}", "document_id = document_id + 1"):
        with nothing_written(), refused("stays with it and with its customer"):
            run_sql(f"UPDATE invoicing_receivableitem SET {change}")


def test_a_document_is_sealed_by_its_own_hash_and_entry(partnership, oakfield, charges):
    charges(oakfield, 1_000)
    bill()
    document = draft(partnership, oakfield)
    line(document)
    group(document)
    seal = "UPDATE invoicing_document SET state = 'issued', number = 'INV-900000', {} WHERE id = %s"
    with nothing_written():
        with refused("INV-900000 carries a content hash that is not its own", psycopg.errors.CheckViolation):
            run_sql(seal.format("content_hash = repeat('0', 64)"), document)
        with refused("INV-900000 is posted by no journal entry", MISSING):
            run_sql(seal.format(f"entry_id = {NOBODY}"), document)
    assert Document.objects.get(pk=document).state == Document.State.DRAFT
