"""How each invariant of invoicing is broken by someone who has switched the guards off.

Every package keeps such a module beside its tests, with ``TAMPERINGS``: the name of an invariant → a function that
breaks it in the small world. A test fails for an invariant without one, so no check goes unproven.
"""

from collections.abc import Callable

from django.db import connection

from tests.invoicing.books import run_sql


def drop_constraints(table: str) -> None:
    """Takes away a table's CHECK and UNIQUE constraints, inside the test's transaction only."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys that still wait would forbid ALTER TABLE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        # A UNIQUE constraint with a condition is an index to PostgreSQL.
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = %s::regclass AND indisunique"
            " AND indpred IS NOT NULL", [table],
        )  # fmt: skip
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")


def _sql(statement: str, *without_constraints: str) -> Callable[[], None]:
    def tamper() -> None:
        for table in without_constraints:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def after(build: Callable[[], object]) -> Callable[..., Callable[[], None]]:
    """Tamperings of a world that is built with the guards on first: a statement, and the tables whose constraints go."""

    def tampering(statement: str, *without_constraints: str) -> Callable[[], None]:
        def tamper() -> None:
            run_sql("SET LOCAL session_replication_role = DEFAULT")
            build()
            run_sql("SET CONSTRAINTS ALL IMMEDIATE")
            run_sql("SET LOCAL session_replication_role = replica")
            _sql(statement, *without_constraints)()

        return tamper

    return tampering


def _one(table: str, where: str = "true") -> str:
    return f"id = (SELECT min(id) FROM invoicing_{table} WHERE {where})"


def _overlapping_vat_rules() -> None:
    run_sql("ALTER TABLE invoicing_vatrule DROP CONSTRAINT vat_rule_no_overlap")
    columns = "question, kind, standing, place, relation, funding, buyer, reason_id, source, used"
    assert run_sql(
        f"INSERT INTO invoicing_vatrule ({columns}, valid_from) SELECT {columns}, valid_from + 1 FROM invoicing_vatrule"
        " WHERE standing = 1 LIMIT 1"
    )


ISSUED = "invoicing_document"
_CREDIT_NOTE = "document_id = (SELECT min(id) FROM invoicing_document WHERE kind = 'credit_note')"
_TAXED_INVOICE = "(SELECT min(id) FROM invoicing_document WHERE kind = 'invoice' AND vat_pence > 0)"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "credits-backed-by-payments": _sql(
        "UPDATE invoicing_allocation SET pence = pence - 1 WHERE source_id IN"
        " (SELECT id FROM invoicing_unallocateditem WHERE kind = 'credit_note')"
    ),
    "refunds-to-pay": _sql(f"UPDATE invoicing_refund SET pence = pence + 1 WHERE {_one('refund')}"),
    "two-persons": _sql(
        "UPDATE invoicing_preparedaction SET decided_by_id = prepared_by_id WHERE state = 'approved'",
        "invoicing_preparedaction",
    ),
    "instalments-add-up": _sql(f"UPDATE invoicing_instalment SET net_pence = net_pence + 1 WHERE {_one('instalment')}"),
    "future-vat-equals-instalments": _sql(
        "UPDATE invoicing_instalment SET reached_vat_pence = reached_vat_pence + 1"
        f" WHERE {_one('instalment', 'vat_pence > reached_vat_pence')}"
    ),
    "movement-sides": _sql(
        f"UPDATE invoicing_movement SET debit_party_id = NULL WHERE {_one('movement', 'debit_party_id IS NOT NULL')}",
        "invoicing_movement",
    ),
    "debits-equal-credits": _sql(
        f"UPDATE invoicing_movement SET credit_account_id = '9999' WHERE {_one('movement')}", "invoicing_movement"
    ),
    "entries-unchanged": _sql(
        f"UPDATE invoicing_journalentry SET posted_on = posted_on + 1 WHERE {_one('journalentry')}"
    ),
    "movements-belong": _sql(f"DELETE FROM invoicing_journalentry WHERE {_one('journalentry')}"),
    "reversed-once": _sql(
        "UPDATE invoicing_movement SET pence = pence + 1"
        " WHERE entry_id = (SELECT min(id) FROM invoicing_journalentry WHERE reverses_id IS NOT NULL)"
    ),
    "receivables-equal-open-items": _sql(
        "UPDATE invoicing_receivableitem SET outstanding_pence = outstanding_pence - 1"
        f" WHERE {_one('receivableitem', 'outstanding_pence > 0')}"
    ),
    "unallocated-equal-on-account": _sql(
        "UPDATE invoicing_unallocateditem SET remaining_pence = remaining_pence - 1"
        f" WHERE {_one('unallocateditem', 'remaining_pence > 0')}"
    ),
    "numbers-gapless": _sql("DELETE FROM invoicing_document WHERE number = 'INV-000002'"),
    "documents-frozen": _sql(
        f"UPDATE invoicing_documentline SET description = 'Something dearer' WHERE {_one('documentline')}"
    ),
    "outside-scope-apart": _sql(
        "UPDATE invoicing_vatgroup SET category = 'O' WHERE category = 'E'", "invoicing_vatgroup"
    ),
    "vat-rules-never-overlap": _overlapping_vat_rules,
    "documents-add-up": _sql(
        f"UPDATE invoicing_documentline SET net_pence = net_pence + 1 WHERE {_one('documentline')}"
    ),
    "group-vat-rate": _sql(
        f"UPDATE invoicing_vatgroup SET vat_pence = vat_pence + 1 WHERE rate > 0 AND document_id = {_TAXED_INVOICE}"
    ),
    "documents-posted": _sql(
        f"UPDATE invoicing_document SET entry_id = NULL WHERE {_one('document')}", "invoicing_document"
    ),
    "credits-within-invoice": _sql(
        "UPDATE invoicing_linecredit SET credited_pence = credited_pence - 1", "invoicing_linecredit"
    ),
    "allocations-within-receipt": _sql(
        f"UPDATE invoicing_allocation SET pence = pence + 1 WHERE {_one('allocation', 'undone_on IS NULL')}"
    ),
    "allocations-within-item": _sql(
        f"UPDATE invoicing_receivableitem SET pence = pence + 1 WHERE {_one('receivableitem')}"
    ),
    "invoices-have-items": _sql(f"DELETE FROM invoicing_receivableitem WHERE {_one('receivableitem')}"),
    "billed-once": _sql(
        "UPDATE invoicing_charge SET state = 'pending', document_line_id = NULL"
        f" WHERE {_one('charge', 'document_line_id IS NOT NULL')}",
    ),
    "references-hold": _sql(
        "DELETE FROM invoicing_ledgerparty WHERE organisation_id = (SELECT min(customer_id) FROM invoicing_document)"
    ),
    "reductions-taken-once": _sql("DELETE FROM invoicing_reduction WHERE source_key = 'before'"),
}

# Further ways to break the same invariants: (invariant, what was done, how).
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "movement-sides", "a negative amount",
        _sql(f"UPDATE invoicing_movement SET pence = -pence WHERE {_one('movement')}", "invoicing_movement"),
    ),
    (
        "movement-sides", "both sides alike",
        _sql(
            "UPDATE invoicing_movement SET debit_account_id = credit_account_id, debit_party_id = credit_party_id,"
            f" debit_control = credit_control WHERE {_one('movement')}", "invoicing_movement",
        ),
    ),
    (
        "debits-equal-credits", "an entry without movements",
        _sql("DELETE FROM invoicing_movement WHERE entry_id = (SELECT min(id) FROM invoicing_journalentry)"),
    ),
    (
        "entries-unchanged", "a movement changed",
        _sql(f"UPDATE invoicing_movement SET pence = pence + 1 WHERE {_one('movement')}"),
    ),
    ("entries-unchanged", "a movement removed", _sql(f"DELETE FROM invoicing_movement WHERE {_one('movement')}")),
    (
        "entries-unchanged", "a movement added",
        _sql(
            "INSERT INTO invoicing_movement (entry_id, debit_account_id, debit_control, credit_account_id,"
            " credit_control, pence, analysis_code)"
            " SELECT max(id), '1000', false, '4200', false, 100, '' FROM invoicing_journalentry"
        ),
    ),
    (
        "entries-unchanged", "the narrative changed",
        _sql(f"UPDATE invoicing_journalentry SET narrative = narrative || '.' WHERE {_one('journalentry')}"),
    ),
    (
        "reversed-once", "reversed a second time",
        _sql(
            "INSERT INTO invoicing_journalentry (kind, source_key, issued_on, tax_point, posted_on, narrative,"
            " actor_label, digest, reverses_id) SELECT kind, 'twice', issued_on, tax_point, posted_on, narrative,"
            " actor_label, digest, reverses_id FROM invoicing_journalentry WHERE reverses_id IS NOT NULL LIMIT 1",
            "invoicing_journalentry",
        ),
    ),
    (
        "receivables-equal-open-items", "the debtor changed in the ledger",
        _sql(
            "UPDATE invoicing_movement SET debit_party_id = (SELECT max(id) FROM organisations_organisation)"
            " WHERE debit_account_id = '1100'"
        ),
    ),
    (
        "numbers-gapless", "the counter moved on",
        _sql("UPDATE core_numberseries SET next_number = next_number + 1 WHERE code = 'credit-note'"),
    ),
    (
        "numbers-gapless", "a number from nowhere",
        _sql("UPDATE invoicing_document SET number = 'INV-000009' WHERE number = 'INV-000002'"),
    ),
    (
        "numbers-gapless", "a number twice",
        _sql("UPDATE invoicing_document SET number = 'INV-000001' WHERE number = 'INV-000002'", ISSUED),
    ),
    (
        "documents-frozen", "the customer's address changed",
        _sql("""UPDATE invoicing_document SET buyer = buyer || '{"address": []}' WHERE number = 'INV-000001'"""),
    ),
    (
        "documents-frozen", "a VAT reason changed",
        _sql("UPDATE invoicing_vatgroup SET reason = 'Books' WHERE category = 'E'"),
    ),
    (
        "documents-frozen", "a line removed from a credit note",
        _sql(f"DELETE FROM invoicing_documentline WHERE {_CREDIT_NOTE}"),
    ),
    (
        "documents-add-up", "the gross amount changed",
        _sql(f"UPDATE invoicing_document SET gross_pence = gross_pence + 1 WHERE {_one('document')}", ISSUED),
    ),
    (
        "documents-posted", "posted to another customer",
        _sql(
            "UPDATE invoicing_movement SET debit_party_id = debit_party_id + 1 WHERE debit_account_id = '1100'"
            " AND entry_id = (SELECT entry_id FROM invoicing_document WHERE number = 'INV-000001')"
        ),
    ),
    (
        "credits-within-invoice", "more credited than invoiced",
        _sql(f"UPDATE invoicing_documentline SET net_pence = net_pence * 2 WHERE {_CREDIT_NOTE}"),
    ),
    (
        "credits-within-invoice", "credited without a credit note",
        _sql(
            "INSERT INTO invoicing_linecredit (line_id, net_pence, credited_pence)"
            " SELECT l.id, l.net_pence, 1 FROM invoicing_documentline l"
            " WHERE l.document_id = (SELECT id FROM invoicing_document WHERE number = 'INV-000001')"
        ),
    ),
    (
        "allocations-within-receipt", "a receipt taken back keeps money",
        _sql(
            "UPDATE invoicing_unallocateditem SET remaining_pence = 1 WHERE reversed_on IS NOT NULL",
            "invoicing_unallocateditem",
        ),
    ),
    (
        "allocations-within-item", "an allocation marked as undone",
        _sql("UPDATE invoicing_allocation SET undone_on = '2026-10-01'", "invoicing_allocation"),
    ),
    (
        "billed-once", "two items on one line",
        _sql(
            "UPDATE invoicing_charge SET state = 'billed', document_line_id ="
            " (SELECT min(document_line_id) FROM invoicing_charge) WHERE source_key = 'held'", "invoicing_charge",
        ),
    ),
    (
        "billed-once", "billed for another amount",
        _sql(f"UPDATE invoicing_charge SET net_pence = net_pence + 1 WHERE {_one('charge', 'document_line_id > 0')}"),
    ),
    (
        "reductions-taken-once", "a reduction credited twice over",
        _sql("UPDATE invoicing_reduction SET pence = pence * 2 WHERE state = 'credited'"),
    ),
]  # fmt: skip
