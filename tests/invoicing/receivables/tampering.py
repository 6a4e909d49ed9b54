"""How what stands beside the ledger is made to say another thing than was posted and issued, and an entry to stand for nothing."""

from collections.abc import Callable
from datetime import date

from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core.actors import platform
from tests.invoicing.books import run_sql


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def _one(table: str, where: str = "true") -> str:
    return f"id = (SELECT min(id) FROM invoicing_{table} WHERE {where})"


def _posted_for_nothing(kind: str, source_key: str = "forged") -> Callable[[], None]:
    """A whole entry with its true digest, as somebody may write who holds the site's own password of the database."""

    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        movement = NewMovement(debit="7300", credit="1000", pence=12_345)
        entry = NewEntry(
            kind=kind, source_key=source_key, on=date(2026, 9, 20), narrative="Forged", movements=[movement]
        )
        post(entries=[entry], actor=platform("test"))

    return tamper


def _another_paper() -> None:
    run_sql(
        "INSERT INTO invoicing_documentfile (document_id, format, sha256, content, made_at)"
        " SELECT min(id), 'pdf', encode(sha256('as made'), 'hex'), 'dearer', now() FROM invoicing_document"
    )


TAMPERINGS: dict[str, Callable[[], None]] = {
    "papers-as-made": _another_paper,
    "allocations-as-posted": _sql(
        f"UPDATE invoicing_allocation SET allocated_on = '2026-10-05' WHERE {_one('allocation', 'undone_on IS NULL')}"
    ),
    "on-account-as-posted": _sql(
        f"UPDATE invoicing_unallocateditem SET received_on = '2026-09-01' WHERE {_one('unallocateditem')}"
    ),
    "refunds-as-posted": _sql("UPDATE invoicing_refund SET refunded_on = refunded_on - 1"),
    "due-as-issued": _sql(f"UPDATE invoicing_receivableitem SET due_on = due_on + 90 WHERE {_one('receivableitem')}"),
    "credits-bounded-as-issued": _sql("UPDATE invoicing_linecredit SET net_pence = net_pence + 100"),
    "billed-as-charged": _sql(
        f"UPDATE invoicing_charge SET vat_rate = 0, vat_category = 'Z' WHERE {_one('charge', 'vat_rate > 0')}"
    ),
    "entries-have-origins": _posted_for_nothing("journal"),
}

# Further ways: (invariant, what was done, how).
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    *(
        ("entries-have-origins", f"posted as {kind} for nothing", _posted_for_nothing(kind, key))
        for kind, key in (("bank", "bank:1"), ("opening", "opening:1"), ("tax_point", "tax-point:1:1"), ("new", "new"))
    ),
    (
        "entries-have-origins",
        "a reversal of what was never undone",
        _sql("UPDATE invoicing_unallocateditem SET reversed_on = NULL WHERE reversed_on IS NOT NULL"),
    ),
    (
        "allocations-as-posted",
        "another entry's",
        _sql(
            "UPDATE invoicing_allocation SET entry_id = (SELECT min(id) FROM invoicing_journalentry WHERE kind = 'receipt')"
            f" WHERE {_one('allocation')}"
        ),
    ),
    (
        "on-account-as-posted",
        "another customer's",
        _sql(
            "UPDATE invoicing_unallocateditem SET organisation_id = (SELECT max(id) FROM organisations_organisation)"
            f" WHERE {_one('unallocateditem', 'remaining_pence = 0')}"
        ),
    ),
    (
        "credits-bounded-as-issued",
        "of a VAT rate",
        _sql("UPDATE invoicing_vatgroupcredit SET vat_pence = vat_pence + 1"),
    ),
    (
        "billed-as-charged",
        "another account",
        _sql(f"UPDATE invoicing_charge SET account_id = '4900' WHERE {_one('charge', 'document_line_id IS NOT NULL')}"),
    ),
]
