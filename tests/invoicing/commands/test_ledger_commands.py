"""manage.py trial_balance and export_ledger: the same books, read by another program."""

import csv
import io
import shutil
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from invoicing.ledger.financial_statements import balance_sheet, income_and_expenditure, period_of_days
from invoicing.ledger.hledger import journal_lines
from invoicing.ledger.models import LedgerAccount
from invoicing.services import allocate, undo_allocation
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import EXEMPT, START
from tests.invoicing.books import bill, receive
from tests.invoicing.small_world import PAID_ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed: apt-get install hledger")
NASTY = [
    "St Mary: the Virgin; Upper School", "Two  spaces   School", "Sunny 🌻 Bank", "中文学校", "= 12 | Bar & Co  ; £5.00",
    "(virtual)", "[balanced] @ £3", "* pending !", '"Quoted" \'School\'', "@@ £1", "-£7.00", "2026-01-01 School", "%a #tag",
]  # fmt: skip


def trial_balance(on: date) -> list[list[str]]:
    out = io.StringIO()
    call_command("trial_balance", "--on", on.isoformat(), "--format", "csv", stdout=out)
    return list(csv.reader(io.StringIO(out.getvalue())))


def export(path: Path) -> str:
    out = io.StringIO()
    call_command("export_ledger", "--format", "hledger", "--output", str(path), stdout=out)
    return out.getvalue()


def hledger(path: Path, *arguments: str) -> str:
    assert HLEDGER is not None
    done = subprocess.run(
        [HLEDGER, "-f", str(path), *arguments], capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def hledger_balances(path: Path, on: date) -> dict[str, int]:
    """Pence by account code, as hledger adds them up at the end of a day."""
    text = hledger(path, "bal", "-N", "--flat", "--depth", "2", "-O", "csv", "-e", (on + timedelta(days=1)).isoformat())
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return {
        account.split(":")[1].split(" ")[0]: int(Decimal(amount.replace("£", "").replace(",", "")) * 100)
        for account, amount in rows
        if amount != "0"
    }


def ours(on: date) -> dict[str, int]:
    found = {
        code: int(Decimal(debit) * 100) - int(Decimal(credit) * 100)
        for code, _name, debit, credit in trial_balance(on)[1:]
    }
    return {code: pence for code, pence in found.items() if pence}


@pytest.fixture
def nasty_world(small_world, charges, actor) -> None:
    """The small world and customers whose names look like the journal's own syntax."""
    for name in NASTY:
        school = add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)
        charges(school, 1_999)
        charges(school, 501, vat=EXEMPT)
    for invoice in bill(PAID_ON):
        source = receive(invoice.customer, invoice.gross_pence, key=invoice.number, on=PAID_ON)
        made = allocate(source=source, to=invoice.items.get(), pence=invoice.gross_pence - 1, on=PAID_ON, actor=actor)
        if invoice.pk % 2:
            undo_allocation(allocation=made, on=PAID_ON, reason="Mixed; up: | 🌻", actor=actor)


def test_the_trial_balance_lists_every_account_and_balances(small_world):
    rows = trial_balance(PAID_ON)
    assert rows[0] == ["code", "name", "debit", "credit"]
    found = {row[0]: row[1:] for row in rows[1:]}
    # Sales 100.00 + 250.00 + 40.00 + 99.99 + 50.00 = 539.99, less credits of 33.33 and 10.00: 496.66.
    # VAT 20.00 + 50.00 + 20.00 + 10.00 = 100.00, less 6.67 and 2.00: 91.33. Bank 120.00 + 500.00.
    assert found["1000"] == ["Bank current account", "620.00", "0.00"]
    assert found["1100"] == ["Receivables", "267.99", "0.00"]
    assert found["2100"] == ["Unallocated receipts and credits", "0.00", "300.00"]
    assert found["2200"] == ["VAT on sales", "0.00", "91.33"]
    assert found["4200"] == ["Business services", "0.00", "496.66"]
    assert found["7100"] == ["Bank charges", "0.00", "0.00"]
    assert sum(Decimal(row[2]) for row in rows[1:]) == sum(Decimal(row[3]) for row in rows[1:]) == Decimal("887.99")


def test_the_trial_balance_is_at_the_end_of_its_day(small_world):
    assert ours(date(2026, 8, 31)) == {}
    assert ours(date(2026, 9, 1)) == {"1100": 63_999, "2200": -10_000, "4200": -53_999}


def test_the_trial_balance_as_text_ends_in_equal_totals(small_world):
    out = io.StringIO()
    call_command("trial_balance", "--on", "2026-09-20", stdout=out)
    last = out.getvalue().splitlines()[-1]
    assert last.split()[0] == "Total"
    assert last.split()[1] == last.split()[2] == "£887.99"


@needs_hledger
def test_hledger_finds_the_same_balances_account_by_account(nasty_world, tmp_path):
    path = tmp_path / "books.journal"
    assert export(path).startswith("exported ")
    tomorrow = PAID_ON + timedelta(days=1)
    for on in (date(2026, 9, 1), date(2026, 9, 19), PAID_ON, tomorrow):
        assert hledger_balances(path, on) == ours(on)
    assert len(ours(PAID_ON)) >= 5


@needs_hledger
def test_hledger_finds_the_same_surplus_and_net_assets(nasty_world, charges, oakfield, tmp_path):
    charges(oakfield, 4_321, on=date(2026, 10, 1))
    bill(date(2026, 10, 1))
    path = tmp_path / "books.journal"
    export(path)
    for first, last, surplus in (
        (date(2026, 9, 1), date(2026, 9, 30), None), (date(2026, 10, 1), date(2026, 10, 31), 4_321),
        (date(2025, 9, 1), date(2026, 10, 31), None), (date(2026, 11, 1), date(2026, 11, 30), 0),
    ):  # fmt: skip
        days = ("--begin", first.isoformat(), "--end", (last + timedelta(days=1)).isoformat())
        ours = income_and_expenditure(period=period_of_days(first, last)).surplus_pence
        assert hledger_net(path, "incomestatement", *days) == ours
        assert surplus in (None, ours)
        assert hledger_net(path, "balancesheet", *days[2:]) == balance_sheet(on=last).net_assets_pence


def hledger_net(path: Path, *arguments: str) -> int:
    """Pence on the last line, Net, of a statement that hledger draws up; it has no amount where nothing was posted."""
    net, *amount = list(csv.reader(io.StringIO(hledger(path, *arguments, "-O", "csv"))))[-1]
    assert net == "Net:"
    return int(Decimal(amount[0].replace("£", "").replace(",", "")) * 100) if amount else 0


@needs_hledger
def test_hledger_accepts_the_journal_strictly(nasty_world, tmp_path):
    """Every account declared, one declared commodity, every transaction balanced."""
    path = tmp_path / "books.journal"
    export(path)
    hledger(path, "check", "--strict")
    assert hledger(path, "commodities").split() == ["£"]


@needs_hledger
def test_hledger_finds_each_customers_balance(nasty_world, council, tmp_path):
    path = tmp_path / "books.journal"
    export(path)
    rows = csv.reader(io.StringIO(hledger(path, "bal", "-N", "--flat", "-O", "csv", "liability:2100")))
    balances = {account.rsplit(" ", 1)[1]: amount for account, amount in list(rows)[1:]}
    assert balances[council.number] == "£-300.00"
    accounts = hledger(path, "accounts", "--used").splitlines()
    assert all(account.count(":") <= 2 for account in accounts)
    parties = [account for account in accounts if account.startswith("asset:1100 Receivables:")]
    assert len(parties) == len(NASTY) + 1  # one account for each, whatever its name


@needs_hledger
def test_an_empty_ledger_is_a_valid_journal(partnership, tmp_path):
    path = tmp_path / "books.journal"
    assert export(path) == f"exported 0 entries to {path}\n"
    hledger(path, "check", "--strict")


def test_a_place_that_cannot_be_written_is_a_sentence(small_world, tmp_path):
    with pytest.raises(CommandError, match=r"cannot be written: .*\. Choose another place\."):
        export(tmp_path / "missing" / "books.journal")


def test_account_names_read_the_same_in_the_export_and_in_the_trial_balance(partnership):
    accounts = LedgerAccount.objects.order_by("code")
    declared = [line for line in journal_lines() if line.startswith("account ")]
    assert declared == [f"account {a.type}:{a.code} {a.name}" for a in accounts]


def test_a_day_that_is_not_in_the_calendar_is_refused_in_plain_english():
    with pytest.raises(CommandError, match="2026-02-30 is not a day of the calendar; write it like 2026-09-01"):
        call_command("bill", "--on", "2026-02-30", "--preview")


def test_a_batch_a_century_ahead_is_a_typing_error(partnership):
    with pytest.raises(CommandError, match="more than a year ahead"):
        call_command("bill", "--on", "2199-01-01")
