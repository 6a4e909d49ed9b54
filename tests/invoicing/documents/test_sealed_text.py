"""The hash that is made before a document has ids is the one that the database makes of what it holds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from invoicing.documents.drafts import DraftDocument, DraftLine, with_vat
from invoicing.documents.issue import issue_documents
from invoicing.documents.models import Document
from invoicing.documents.preparing import jsonb_text, prepare
from invoicing.ledger.models import LedgerParty
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import platform
from tests.conftest import EXEMPT
from tests.invoicing.books import FIRST, nothing_written, refused, run_sql
from tests.invoicing.documents.test_document_guards import draft as draft_by_hand

pytestmark = pytest.mark.django_db

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
STANDARD = VatTreatment("S", Decimal("0.2"))


def a_line(consumer: int, **facts: object) -> DraftLine:
    line = DraftLine(
        description="Advice", consumer_id=consumer, consumer_name="Oakfield", quantity=Decimal(1),
        unit_price_pence=1_000, net_pence=1_000, vat=STANDARD, account="4200", stream="BS",
    )  # fmt: skip
    return line._replace(**facts)


def a_draft(supplier: int, customer: int, *lines: DraftLine) -> DraftDocument:
    taxed, groups = with_vat(lines)
    return DraftDocument("invoice", supplier, customer, FIRST, FIRST, date(2026, 10, 1), taxed, groups)


def issue(draft: DraftDocument) -> Document:
    with transaction.atomic():
        [(pk, _, _)] = issue_documents(drafts=[draft], actor=platform("test"))
    return Document.objects.get(pk=pk)


def digest_of(document: Document) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoicing_document_digest(d) FROM invoicing_document d WHERE id = %s", [document.pk])
        return str(cursor.fetchone()[0])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=WORDS, step=WORDS)
@example(words='Tab\tnew\nline \\N \\. "quoted", {braces} \x1e\x1f\x7f\x85 é €', step="")
@example(words="NULL", step='NULL "" \\')
def test_whatever_the_words_the_database_makes_the_same_hash(partnership, oakfield, words, step):
    line = a_line(oakfield.pk, description=words, consumer_name=words, analysis_code=words, working=(step, words))
    drafted = replace(
        a_draft(partnership.pk, oakfield.pk, line), purchase_order=words[:40], payer_reference_name=words[:40]
    )
    document = issue(drafted)
    assert document.content_hash == digest_of(document)
    assert document.lines.get().description == words


def test_figures_and_days_are_sealed_as_their_columns_hold_them(partnership, oakfield):
    document = issue(
        a_draft(
            partnership.pk,
            oakfield.pk,
            a_line(oakfield.pk, quantity=Decimal("2.5"), unit_price_pence=400),
            a_line(
                oakfield.pk, vat=VatTreatment("S", Decimal("0.05")), service_from=FIRST, service_to=date(2027, 9, 1)
            ),
            a_line(oakfield.pk, vat=EXEMPT, quantity=Decimal("0.0625"), unit_price_pence=16_000),
        )
    )
    assert [line.quantity for line in document.lines.order_by("position")] == [Decimal("2.5"), 1, Decimal("0.063")]
    assert document.content_hash == digest_of(document)


def test_a_hash_of_other_words_is_refused_and_nothing_is_issued(partnership, oakfield):
    drafted, other = (
        a_draft(partnership.pk, oakfield.pk, a_line(oakfield.pk, description=words)) for words in ("Advice", "advice")
    )
    with (
        nothing_written(),
        refused("INV-000001 carries a content hash that is not its own", psycopg.errors.CheckViolation),
    ):
        made = prepare([drafted])[0]._replace(sealed_tail=prepare([other])[0].sealed_tail)
        issue_documents(drafts=[drafted], actor=platform("test"), prepared=[made])


@given(flat=st.dictionaries(st.text("abcdefgh_", min_size=1), WORDS | st.lists(WORDS, max_size=3)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_json_is_written_as_postgresql_prints_it(flat):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [jsonb_text(flat)])
        assert cursor.fetchone()[0] == jsonb_text(flat)


def test_a_draft_that_gets_another_customer_names_it_in_the_books(partnership, oakfield, council):
    document = draft_by_hand(partnership, oakfield)
    assert not LedgerParty.objects.filter(pk=council.pk).exists()
    run_sql("UPDATE invoicing_document SET customer_id = %s WHERE id = %s", council.pk, document)
    assert LedgerParty.objects.filter(pk=council.pk).exists()
    with refused("invoicing_ledgerparty", psycopg.errors.ForeignKeyViolation):
        run_sql("UPDATE invoicing_document SET supplier_id = 999999999 WHERE id = %s", document)
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
