"""The invariant that no entry stands in the ledger of itself, in plain SQL: what was posted names it, or what was undone.

A floor above that posts entries of a kind of its own adds where they come from with ``add_origin``.
"""

from invoicing.ledger import chart
from marketplace.core.verification import Invariant, register

_ORIGINS = [
    ("invoicing_document", "entry_id", ("invoice", "credit_note", "claim_back")),
    (
        "invoicing_unallocateditem",
        "entry_id",
        ("receipt", "write_off", "carry", "council_journal", "agency_fee", "claim_withdrawn"),
    ),
    ("invoicing_allocation", "entry_id", ("allocation",)),
    ("invoicing_refund", "entry_id", ("refund",)),
    ("invoicing_refund", "paid_entry_id", ("refund_paid",)),
    ("invoicing_bankmatch", "entry_id", ("bank", "unidentified_receipt")),
    ("invoicing_deferralpart", "entry_id", ("income.released",)),
    ("invoicing_payablemove", "entry_id", ("payable", "payable_back")),
    ("invoicing_providerinvoice", "vat_entry_id", ("supplier_vat", "supplier_vat_back")),
    ("invoicing_paymentsending", "entry_id", ("payment_batch",)),
    ("invoicing_paymentbatchline", "back_entry_id", ("payment_rejected",)),
    ("invoicing_manualjournal", "entry_id", ("journal",)),
    ("invoicing_purchase", "entry_id", ("purchase",)),
    ("invoicing_purchasepayment", "entry_id", ("purchase_payment",)),
    ("invoicing_agencysettlement", "paid_entry_id", ("agency_payment",)),
    ("invoicing_counciljournalreceipt", "entry_id", ("council_journal_receipt",)),
    ("invoicing_fundsupport", "entry_id", ("fund_support",)),
    ("invoicing_vatreturn", "entry_id", ("vat_return",)),
]
"""Table and column that name an entry, and the kinds of entry that they may name."""

_TAKEN_BACK = [
    ("invoicing_allocation", "undone_entry_id"),
    ("invoicing_manualjournal", "reversal_id"),
    ("invoicing_purchasepayment", "undone_entry_id"),
    ("invoicing_counciljournalreceipt", "undone_entry_id"),
    ("invoicing_fundsupport", "returned_entry_id"),
]
"""Table and column that name the reversal of an entry."""

_UNDONE = """
    SELECT entry_id FROM invoicing_unallocateditem WHERE reversed_on IS NOT NULL
    UNION ALL SELECT entry_id FROM invoicing_bankmatch WHERE state = 'undone'
    UNION ALL SELECT entry_id FROM invoicing_purchase WHERE state = 'cancelled'
    UNION ALL SELECT entry_id FROM invoicing_paymentsending WHERE state = 'failed'
"""
"""The entries of what says of itself that it was undone: these have a reversal, whichever it is."""


def add_origin(*, table: str, column: str, kind: str, reversal: str) -> None:
    """Entries of ``kind`` are named by ``column`` of a table, and their reversals by ``reversal`` of it."""
    _ORIGINS.append((table, column, (kind,)))
    _TAKEN_BACK.append((table, reversal))
    register(_invariant())


def _invariant() -> Invariant:
    """Each kind of entry by a join of its own: what an entry is named by, its key or its mirror is looked up once."""
    return Invariant(
        2,
        "entries-have-origins",
        "each entry is named by what it was posted for, each reversal by what was undone, each opening by its position",
        "SELECT count(*) FROM invoicing_journalentry",
        f"""
        WITH origins AS MATERIALIZED ({" UNION ALL ".join(_named(*origin) for origin in _ORIGINS)}),
        mirrors AS MATERIALIZED (
            {" UNION ALL ".join(f"SELECT {column} AS id FROM {table}" for table, column in _TAKEN_BACK)}
            UNION ALL SELECT e.id FROM ({_UNDONE}) u JOIN invoicing_journalentry e ON e.reverses_id = u.entry_id
        ), astray AS (
            SELECT e.* FROM invoicing_journalentry e LEFT JOIN origins o ON o.id = e.id AND o.kind = e.kind
            WHERE e.reverses_id IS NULL AND e.kind NOT IN ('opening', 'tax_point') AND o.id IS NULL
            UNION ALL
            SELECT e.* FROM invoicing_journalentry e LEFT JOIN mirrors m ON m.id = e.id
            WHERE e.reverses_id IS NOT NULL AND m.id IS NULL
            UNION ALL
            SELECT e.* FROM invoicing_journalentry e
            WHERE e.reverses_id IS NULL AND e.kind = 'opening' AND e.id <> (SELECT min(id) FROM invoicing_journalentry)
              AND NOT EXISTS (SELECT 1 FROM invoicing_openingposition p WHERE p.state = 'approved' AND p."on" = e.issued_on)
            UNION ALL
            SELECT e.* FROM invoicing_journalentry e
            LEFT JOIN invoicing_instalment i ON i.id::text = split_part(e.source_key, ':', 2)
            WHERE e.reverses_id IS NULL AND e.kind = 'tax_point' AND (
                i.id IS NULL OR e.source_key NOT LIKE 'tax-point:%' OR EXISTS (
                    SELECT 1 FROM invoicing_movement m WHERE m.entry_id = e.id AND (m.debit_account_id, m.credit_account_id) <>
                    ('{chart.VAT_ON_FUTURE_INSTALMENTS}', '{chart.VAT_OUTPUT}')))
        )
        SELECT format('entry %s (%s, %s) of %s was posted for nothing that is on record', id, kind, source_key, posted_on)
        FROM astray
        """,
    )


def _named(table: str, column: str, kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"('{kind}')" for kind in kinds)
    return f"SELECT {column} AS id, k.kind FROM {table} CROSS JOIN (VALUES {listed}) k(kind)"


register(_invariant())
