"""What was written on a day is told to the event log, and whoever rewrites it later, digest and all, is found."""

from datetime import UTC, date, datetime, timedelta

import pytest

from invoicing.ledger.models import JournalEntry
from invoicing.ledger.telling import KIND, tell_days
from invoicing.ledger.verification import ENTRY_DIGEST
from marketplace.core.actors import platform
from marketplace.core.models import Event
from tests.invariants import answer
from tests.invoicing.books import bill, receive, run_sql

pytestmark = pytest.mark.django_db


def today() -> date:
    """The day on which the database writes, in UTC."""
    return datetime.now(UTC).date()


def tell(days_later: int) -> int:
    return tell_days(today=today() + timedelta(days=days_later), actor=platform("test"))


def broken() -> set[str]:
    return {name for name, row in answer().items() if row["violations"]}


@pytest.fixture
def traded(oakfield, charges) -> None:
    charges(oakfield, 10_000)
    bill()
    receive(oakfield, 5_000, key="some")


def test_a_day_is_told_once_when_a_whole_day_more_is_over(traded):
    assert (tell(0), tell(1)) == (0, 0)
    assert (tell(2), tell(2), tell(9)) == (1, 0, 0)
    event = Event.objects.get(kind=KIND)
    assert event.subject == event.payload["day"] == today().isoformat()
    assert event.payload["entries"] == JournalEntry.objects.count() == 2
    assert broken() == set()


def test_a_day_without_entries_is_not_told(partnership):
    assert tell(2) == 0 and not Event.objects.filter(kind=KIND).exists()


def with_guards_off(*statements: str) -> None:
    """As whoever owns the tables can."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    for statement in statements:
        assert run_sql(statement) >= 1
    run_sql("SET LOCAL session_replication_role = DEFAULT")


REWRITTEN = (
    "UPDATE invoicing_movement SET credit_account_id = '4900' WHERE credit_account_id = '4200'",
    f"UPDATE invoicing_journalentry e SET digest = d.digest FROM ({ENTRY_DIGEST}) d WHERE d.id = e.id AND d.digest <> e.digest",
)


def test_an_owner_who_rewrites_an_entry_with_its_digest_is_found(traded):
    tell(2)
    with_guards_off(*REWRITTEN)
    assert "days-as-told" in broken() and "entries-unchanged" not in broken()


def test_it_is_this_check_that_finds_it(traded):
    """The control: of a day that was not told, rewriting the digest as well hides the change from ``entries-unchanged``."""
    with_guards_off(*REWRITTEN)
    assert not {"days-as-told", "entries-unchanged"} & broken()


def test_an_entry_put_into_a_quiet_day_before_the_last_told_is_found(traded):
    tell(2)
    with_guards_off(
        "UPDATE invoicing_journalentry SET written_at = written_at - interval '3 days'"
        " WHERE id = (SELECT max(id) FROM invoicing_journalentry)"
    )
    assert "days-as-told" in broken()
