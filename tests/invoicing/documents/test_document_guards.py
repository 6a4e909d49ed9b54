"""By hand, committed: an issued document, its lines and its VAT groups cannot be changed, removed or added to."""

import psycopg
import pytest
from django.db import connection, transaction

from invoicing.documents.models import Document, DocumentLine, VatGroup
from tests.invoicing.books import bill, nothing_written, refused, run_sql

pytestmark = pytest.mark.django_db(transaction=True)

DRAFT = """
INSERT INTO invoicing_document (kind, state, number, supplier_id, customer_id, issued_on, tax_point, purchase_order,
    payer_reference_name, net_pence, vat_pence, gross_pence, seller, buyer, reason, content_hash)
VALUES ('invoice', %s, %s, %s, %s, '2026-09-01', '2026-09-01', '', 'Purchase order', %s, %s, %s, '{}', '{}', '', '')
RETURNING id
"""
LINE = """
INSERT INTO invoicing_documentline (document_id, position, description, consumer_id, consumer_name, quantity,
    unit_price_pence, net_pence, vat_category, vat_rate, vat_reason, vat_pence, account_id, stream_id, analysis_code,
    cfr_code, aar_code, purchase_order, working)
SELECT %s, %s, 'By hand', d.customer_id, 'By hand', 1, %s, %s, 'S', 0.2, '', %s, '4200', 'BS', '', '', '', '', '{}'
FROM invoicing_document d WHERE d.id = %s
"""
GROUP = """
INSERT INTO invoicing_vatgroup (document_id, category, rate, reason, net_pence, vat_pence)
VALUES (%s, %s, %s, '', %s, %s)
"""


def draft(supplier, customer, net: int = 1_000, vat: int = 200, state: str = "draft", number: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DRAFT, [state, number, supplier.pk, customer.pk, net, vat, net + vat])
        return int(cursor.fetchone()[0])


def line(document: int, net: int = 1_000, vat: int = 200, position: int = 1) -> None:
    run_sql(LINE, document, position, net, net, vat, document)


def group(document: int, net: int = 1_000, vat: int = 200) -> None:
    run_sql(GROUP, document, "S", "0.2", net, vat)


def seal(document: int) -> None:
    run_sql("UPDATE invoicing_document SET state = 'issued', number = 'INV-900000' WHERE id = %s", document)


@pytest.mark.parametrize("table", ["invoicing_document", "invoicing_documentline", "invoicing_vatgroup"])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE {} SET id = id", "UPDATE of [A-Za-z_0-9-]+ is refused: an issued document never changes"),
        ("DELETE FROM {}", "DELETE of [A-Za-z_0-9-]+ is refused: an issued document never changes"),
        ("TRUNCATE {} CASCADE", "TRUNCATE of [a-z_]+ is refused: issued documents are kept"),
    ],
)
def test_issued_documents_and_their_parts_are_neither_changed_nor_removed(small_world, table, statement, words):
    with nothing_written(), refused(words):
        run_sql(statement.format(table))


@pytest.mark.parametrize(
    "change", ["state = 'draft', number = NULL", "customer_id = supplier_id", "due_on = due_on + 30", "buyer = '{}'"]
)
def test_no_column_of_an_issued_document_can_change(small_world, change):
    with nothing_written(), refused("UPDATE of INV-000001 is refused"):
        run_sql(f"UPDATE invoicing_document SET {change} WHERE number = 'INV-000001'")


def test_the_orm_cannot_change_or_remove_an_issued_document_or_its_parts(small_world):
    document = small_world.paid
    with nothing_written():
        with refused("UPDATE of INV-000001 is refused"):
            document.purchase_order = "Another"
            document.save()
        with refused("UPDATE of INV-000001 is refused"):
            Document.objects.filter(pk=document.pk).update(gross_pence=1, net_pence=1, vat_pence=0)
        with refused("UPDATE of invoicing_documentline is refused"):
            DocumentLine.objects.filter(document=document).update(description="Cheaper")
        with refused("DELETE of invoicing_documentline is refused"):
            DocumentLine.objects.filter(document=document)._raw_delete("default")
        with refused("DELETE of invoicing_vatgroup is refused"):
            VatGroup.objects.filter(document=document)._raw_delete("default")
        with refused("UPDATE of invoicing_vatgroup is refused"):
            VatGroup.objects.filter(document=document).update(reason="x")


def test_a_late_line_or_vat_group_is_refused(small_world):
    with nothing_written():
        with refused("a late line for INV-000001 is refused: an issued document never changes"):
            line(small_world.paid.pk, position=9)
        with refused("a late line for INV-000001 is refused"):
            run_sql(GROUP, small_world.paid.pk, "Z", 0, 100, 0)


def test_a_line_cannot_be_moved_to_or_from_an_issued_document(partnership, oakfield, small_world):
    other = draft(partnership, oakfield)
    line(other)
    group(other)
    with refused("a line stays with its document"):
        run_sql("UPDATE invoicing_documentline SET document_id = %s WHERE document_id = %s", small_world.paid.pk, other)
    with refused("a line stays with its document"):
        run_sql("UPDATE invoicing_vatgroup SET document_id = %s WHERE document_id = %s", other, small_world.paid.pk)


def test_a_line_that_waited_for_the_seal_is_refused(charges, oakfield, actor):
    """Added in the same transaction as the seal, but after it."""
    charges(oakfield, 1_000)
    with refused("a late line for INV-000001 is refused"), transaction.atomic():
        [document] = bill(actor=actor)
        line(document.pk, position=2)
    assert Document.objects.count() == 0


def test_a_document_begins_as_a_draft(partnership, oakfield):
    with nothing_written(), refused("a document begins as a draft"):
        draft(partnership, oakfield, state="issued", number="INV-900000")


@pytest.mark.parametrize(
    ("net", "vat", "group_net", "group_vat", "what"),
    [
        (1_001, 200, 1_000, 200, "the line's net is not the group's"),
        (1_000, 199, 1_000, 200, "the line's VAT is not the group's"),
        (1_001, 200, 1_001, 200, "the group's net is not the document's"),
        (1_000, 201, 1_000, 201, "the group's VAT is not the document's"),
    ],
)
def test_a_document_that_does_not_add_up_cannot_be_issued(partnership, oakfield, net, vat, group_net, group_vat, what):
    document = draft(partnership, oakfield)
    line(document, net, vat)
    group(document, group_net, group_vat)
    with nothing_written(), refused("INV-900000 does not add up", psycopg.errors.CheckViolation):
        seal(document)
    assert Document.objects.get(pk=document).state == "draft", what


def test_a_document_without_lines_or_without_groups_cannot_be_issued(partnership, oakfield):
    empty = draft(partnership, oakfield)
    with refused("does not add up", psycopg.errors.CheckViolation):
        seal(empty)
    line(empty)
    with refused("does not add up", psycopg.errors.CheckViolation):
        seal(empty)
    group(empty)
    seal(empty)
    assert Document.objects.get(pk=empty).content_hash != ""


def test_a_draft_may_change_until_it_is_issued(partnership, oakfield):
    document = draft(partnership, oakfield)
    line(document)
    run_sql("UPDATE invoicing_documentline SET description = 'Better' WHERE document_id = %s", document)
    run_sql("DELETE FROM invoicing_documentline WHERE document_id = %s", document)
    run_sql("DELETE FROM invoicing_document WHERE id = %s", document)
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"net": 0, "vat": 0}, "document_positive"),
        ({"net": -100, "vat": 0}, "document_positive"),
        ({"net": 100, "vat": -20}, "document_positive"),
        ({"number": "INV-900000"}, "document_number_iff_issued"),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused(partnership, oakfield, values, constraint):
    with nothing_written(), refused(constraint, psycopg.errors.CheckViolation):
        draft(partnership, oakfield, **values)


def test_nobody_is_invoiced_by_themselves(partnership):
    with nothing_written(), refused("document_two_parties", psycopg.errors.CheckViolation):
        draft(partnership, partnership)


def test_only_the_standard_rate_has_vat(partnership, oakfield):
    document = draft(partnership, oakfield)
    with refused("vat_group_category", psycopg.errors.CheckViolation):
        run_sql(GROUP, document, "E", 0, 1_000, 200)
    with refused("vat_group_category", psycopg.errors.CheckViolation):
        run_sql(GROUP, document, "S", 0, 1_000, 0)
