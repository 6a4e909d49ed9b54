"""A closed month's audit file: every table of one moment, tying to the others and to the books, with its hash."""

import csv
import hashlib
import io
import zipfile
from datetime import date

import pytest

from invoicing.closing.audit_file import MonthNotClosed, last_made, start_audit_file
from invoicing.closing.queries import Month, month_for
from invoicing.ledger.models import JournalEntry, Movement
from marketplace.core import jobs
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Job, StoredFile
from marketplace.core.money import Money
from tests.invoicing.books import bill, receive
from tests.invoicing.closing.months import LATER, OCTOBER, SEPTEMBER, closed

pytestmark = pytest.mark.django_db
TABLES = [
    "trial-balance.csv", "income-and-expenditure.csv", "balance-sheet.csv", "entries.csv", "balances-by-party.csv",
    "aged-debtors.csv", "documents.csv", "bank-lines.csv", "event-seals.csv",
]  # fmt: skip


def september(by: Actor) -> Month:
    return month_for(by, "2026-09", today=LATER)


def made(month: Month, by: Actor) -> bytes:
    job = start_audit_file(month=month, actor=by)
    assert jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.done, job.accepted) == (Job.State.DONE, len(TABLES), len(TABLES)), job.error
    return bytes(StoredFile.objects.get(pk=job.result["file"]).content)


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def sum_of(rows: list[dict[str, str]], column: str) -> Money:
    return Money(sum(round(float(row[column]) * 100) for row in rows))


@pytest.fixture
def traded(oakfield, charges, priya, marek) -> Month:
    """September with an invoice and a part payment, closed; and an invoice of October."""
    charges(oakfield, 10_000)
    bill()
    receive(oakfield, 5_000, key="some")
    closed(SEPTEMBER, (priya, marek))
    charges(oakfield, 7_700, on=OCTOBER)
    bill(OCTOBER)
    return september(priya)


def test_its_tables_tie_to_each_other_and_leave_out_what_came_after(traded, oakfield, priya):
    archive = zipfile.ZipFile(io.BytesIO(made(traded, priya)))
    assert archive.namelist() == [*TABLES, "about.txt"]
    trial = rows_of(archive, "trial-balance.csv")
    assert sum_of(trial, "debit") == sum_of(trial, "credit") == Money(17_000)
    standing = {row["code"]: (row["debit"], row["credit"]) for row in trial}
    assert standing["1100"] == ("120.00", "0.00") and standing["2100"] == ("0.00", "50.00")
    parties = rows_of(archive, "balances-by-party.csv")
    assert [(row["code"], row["party"], row["debit_less_credit"]) for row in parties] == [
        ("1100", oakfield.number, "120.00"),
        ("2100", oakfield.number, "-50.00"),
    ]
    [debtor] = rows_of(archive, "aged-debtors.csv")
    assert (debtor["customer"], debtor["on_account"], debtor["total"]) == (oakfield.number, "50.00", "70.00")
    entries = rows_of(archive, "entries.csv")
    movements = Movement.objects.filter(entry__posted_on__month=9)
    assert sum_of(entries, "amount") == Money(sum(movements.values_list("pence", flat=True)))
    digests = JournalEntry.objects.filter(posted_on__month=9).values_list("digest", flat=True)
    assert {row["digest"] for row in entries} == set(digests) and len(entries) == movements.count()
    [invoice] = rows_of(archive, "documents.csv")
    assert (invoice["number"], invoice["net"], invoice["vat"], invoice["gross"]) == (
        "INV-000001",
        "100.00",
        "20.00",
        "120.00",
    )
    income = rows_of(archive, "income-and-expenditure.csv")
    assert income[-1]["part"] == "surplus" and income[-1]["amount"] == "100.00"


def test_it_says_who_closed_the_month_and_gives_each_tables_hash(traded, priya, marek):
    archive = zipfile.ZipFile(io.BytesIO(made(traded, priya)))
    about = archive.read("about.txt").decode()
    assert about.splitlines()[0].endswith(": September 2026")
    assert f"Asked for by {priya.name}, closed by {marek.name} on 20 December 2026." in about
    for name in TABLES:
        assert f"SHA-256: {hashlib.sha256(archive.read(name)).hexdigest()}" in about


def test_made_again_it_is_the_same_to_the_byte(traded, priya):
    assert made(traded, priya) == made(traded, priya)
    found = last_made(traded)
    assert found == Job.objects.latest("pk")


def test_a_month_that_is_open_has_none_and_others_may_not(traded, oakfield, charges, priya, actor):
    october = month_for(priya, "2026-10", today=date(2026, 12, 20))
    with pytest.raises(MonthNotClosed, match="October 2026 is not closed"):
        start_audit_file(month=october, actor=priya)
    outsider = Actor(person_id=77, user_id=None, name="A school", grants=frozenset())
    with pytest.raises(NotAllowed):
        start_audit_file(month=traded, actor=outsider)
    assert not Job.objects.exists()


def test_what_a_customer_is_called_runs_in_no_spreadsheet(oakfield, charges, priya, marek):
    type(oakfield).objects.filter(pk=oakfield.pk).update(name="=HYPERLINK(1)")
    charges(oakfield, 10_000)
    bill()
    closed(SEPTEMBER, (priya, marek))
    archive = zipfile.ZipFile(io.BytesIO(made(september(priya), priya)))
    assert rows_of(archive, "aged-debtors.csv")[0]["name"] == "'=HYPERLINK(1)"
