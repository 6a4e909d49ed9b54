"""By hand, in SQL and through the ORM, committed: what the ledger holds cannot be changed, removed or added to."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from invoicing.ledger.models import JournalEntry, Movement
from tests.invoicing.books import nothing_written, refused, run_sql

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = """
INSERT INTO invoicing_journalentry (kind, source_key, issued_on, tax_point, posted_on, narrative, actor_label, digest{0})
VALUES ('manual', 'by hand', '2026-09-01', '2026-09-01', '2026-09-01', 'By hand', '', ''{1}) RETURNING id
"""
MOVEMENT = """
INSERT INTO invoicing_movement (entry_id, debit_account_id, debit_control, debit_party_id, credit_account_id,
    credit_control, credit_party_id, pence, analysis_code)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '')
"""


def entry_by_hand(columns: str = "", values: str = "") -> int:
    with connection.cursor() as cursor:
        cursor.execute(ENTRY.format(columns, values))
        return int(cursor.fetchone()[0])


def movement_by_hand(
    entry: int,
    *,
    debit: str = "1000",
    debit_control: bool = False,
    debit_party: int | None = None,
    credit: str = "4200",
    credit_control: bool = False,
    credit_party: int | None = None,
    pence: int = 100,
) -> None:
    run_sql(MOVEMENT, entry, debit, debit_control, debit_party, credit, credit_control, credit_party, pence)


@pytest.mark.parametrize("table", ["invoicing_journalentry", "invoicing_movement", "core_event"])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE {} SET id = id", "UPDATE of {} is refused"),
        ("DELETE FROM {}", "DELETE of {} is refused"),
        ("DELETE FROM {0} WHERE id = (SELECT max(id) FROM {0})", "DELETE of {} is refused"),
        ("TRUNCATE {} CASCADE", "TRUNCATE of [a-z_]+ is refused"),
    ],
)
def test_written_rows_are_neither_changed_nor_removed(small_world, table, statement, words):
    with nothing_written(), refused(words.format(table)):
        run_sql(statement.format(table))


def test_the_orm_cannot_change_or_remove_an_entry_or_a_movement(small_world):
    entry, movement = JournalEntry.objects.first(), Movement.objects.first()
    with nothing_written():
        with refused("UPDATE of invoicing_journalentry is refused"):
            JournalEntry.objects.update(narrative="Prettier")
        with refused("UPDATE of invoicing_movement is refused"):
            movement.pence += 1
            movement.save()
        with refused("DELETE of invoicing_movement is refused"):
            movement.delete()
        with refused("DELETE of invoicing_movement is refused"):
            Movement.objects.all().delete()
        with refused("DELETE of invoicing_journalentry is refused"):
            JournalEntry.objects.filter(pk=entry.pk)._raw_delete("default")


def test_a_movement_is_not_added_to_an_entry_of_an_earlier_transaction(small_world):
    entry = JournalEntry.objects.earliest("pk")
    with nothing_written():
        with refused("a movement is written in the transaction of its entry, never added later"):
            movement_by_hand(entry.pk)
        with refused("never added later"):
            Movement.objects.create(
                entry=entry, debit_account_id="1000", debit_control=False, credit_account_id="4200",
                credit_control=False, pence=1,
            )  # fmt: skip
        with refused("never added later"), connection.cursor() as cursor:
            columns = (
                "entry_id, debit_account_id, debit_control, credit_account_id, credit_control, pence, analysis_code"
            )
            with cursor.copy(f"COPY invoicing_movement ({columns}) FROM STDIN") as copy:
                copy.write_row((entry.pk, "1000", False, "4200", False, 1, ""))


def test_an_entry_is_written_whole_through_savepoints(partnership):
    with transaction.atomic():
        entry = entry_by_hand()
        with transaction.atomic():
            movement_by_hand(entry)
        movement_by_hand(entry, debit="7100", credit="1000")
    assert Movement.objects.filter(entry_id=entry).count() == 2
    with refused("never added later"):
        movement_by_hand(entry)


def test_an_entry_with_a_forged_transaction_or_time_is_refused(partnership):
    words = "a journal entry carries the transaction that writes it and no other"
    moment = (timezone.now() - timedelta(days=1)).isoformat()
    with nothing_written():
        with refused(words):
            entry_by_hand(", written_xid", ", '3'::xid8")
        with refused(words):
            entry_by_hand(", written_at", f", '{moment}'")
        with refused(words):  # a transaction id to come, kept open for later movements
            entry_by_hand(", written_xid", ", (pg_current_xact_id()::text::bigint + 1)::text::xid8")


def test_a_later_transaction_cannot_pose_as_the_one_that_wrote_the_entry(partnership):
    with transaction.atomic():
        entry = entry_by_hand()
        movement_by_hand(entry)
    with refused("UPDATE of invoicing_journalentry is refused"):
        run_sql("UPDATE invoicing_journalentry SET written_xid = pg_current_xact_id() WHERE id = %s", entry)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"pence": 0}, "movement_pence_positive"),
        ({"pence": -1}, "movement_pence_positive"),
        ({"debit": "4200"}, "movement_sides_differ"),
        ({"debit_party": "school"}, "movement_debit_party"),
        ({"credit_party": "school"}, "movement_credit_party"),
        ({"debit": "1100", "debit_control": True}, "movement_debit_party"),
        ({"credit": "2100", "credit_control": True}, "movement_credit_party"),
    ],
)
def test_a_movement_that_breaks_a_rule_is_refused(oakfield, change, constraint):
    change = {name: oakfield.pk if value == "school" else value for name, value in change.items()}
    with nothing_written(), refused(constraint, psycopg.errors.CheckViolation):
        movement_by_hand(entry_by_hand(), **change)


def test_the_control_flag_cannot_be_lied_about(oakfield):
    """A party on the bank account, with the flag forged to let it pass the CHECK: no account has that flag."""
    with nothing_written(), refused("movement_debit_account", psycopg.errors.ForeignKeyViolation):
        movement_by_hand(entry_by_hand(), debit_control=True, debit_party=oakfield.pk)


def test_one_party_cannot_owe_itself_but_one_may_take_over_from_another(oakfield, council):
    sides = {"debit": "1100", "debit_control": True, "credit": "1100", "credit_control": True}
    with nothing_written(), refused("movement_sides_differ", psycopg.errors.CheckViolation):
        movement_by_hand(entry_by_hand(), **sides, debit_party=oakfield.pk, credit_party=oakfield.pk)
    with transaction.atomic():
        movement_by_hand(entry_by_hand(), **sides, debit_party=council.pk, credit_party=oakfield.pk)
    assert Movement.objects.count() == 1


def test_an_entry_is_reversed_once_and_a_source_posted_once(small_world):
    reversal = JournalEntry.objects.filter(reverses__isnull=False).earliest("pk")
    with nothing_written():
        with refused("reverses_id", psycopg.errors.UniqueViolation):
            entry_by_hand(", reverses_id", f", {reversal.reverses_id}")
        with refused("source_key", psycopg.errors.UniqueViolation):
            run_sql(ENTRY.format("", "").replace("'by hand'", f"'{reversal.source_key}'"))
