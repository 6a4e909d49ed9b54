"""The commands: what they print, their exit codes, and a demonstration file that pays open invoices."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from time_machine import travel

from invoicing.banking.models import BankAccount, BankLine, BankMatch
from invoicing.banking.queries import position_of
from invoicing.banking.rules.lloyds import parse
from invoicing.banking.services import ensure_bank_account
from invoicing.documents.models import Document
from invoicing.receivables.models import ReceivableItem
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.banking.files import barclays, lloyds, rows_of

pytestmark = pytest.mark.django_db
AMOUNTS = [16_800, -1_250, 14_000]


def run(*args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except SystemExit as exit_:
        return int(exit_.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "september.csv"
    path.write_text(lloyds(rows_of(AMOUNTS)), newline="")
    return path


def test_the_figures_are_printed_one_a_line(bank: BankAccount, file: Path) -> None:
    code, out, err = run("import_statement", str(file), "--account", "current")
    assert code == 0
    assert out.splitlines() == [
        "accepted 3", "refused 0", "new 3", "duplicate 0", "opening 1000.00", "closing 1295.50", "matched 0",
    ]  # fmt: skip
    assert err.startswith("Warning: This is the account's first statement.")


def test_json_has_exactly_its_keys(bank: BankAccount, file: Path) -> None:
    run("import_statement", str(file), "--account", "current")
    code, out, err = run("import_statement", str(file), "--account", "current", "--confirm-at", "0.95", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "accepted": 3, "refused": 0, "new": 0, "duplicate": 3, "opening": "1000.00", "closing": "1295.50",
        "matched": 0, "warnings": ["This file was imported before: nothing was added."],
    }  # fmt: skip


def test_a_refused_file_exits_1_and_names_the_line(bank: BankAccount, file: Path) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], *lines[3:], ""]))
    code, out, err = run("import_statement", str(file), "--account", "current")
    assert (code, out) == (1, "")
    assert err.startswith("Line 2 does not follow from line 3:") and "Nothing was imported" in err
    code, out, err = run("import_statement", str(file), "--account", "current", "--json")
    refusal = json.loads(err)
    assert (code, out, set(refusal)) == (1, "", {"code", "message", "detail"})
    assert refusal["code"] == "statement_refused" and refusal["message"].startswith("Line 2 ")
    assert not BankLine.objects.exists()


def test_a_missing_file_an_unknown_account_and_a_bad_confidence_are_told(bank: BankAccount, file: Path) -> None:
    code, _, err = run("import_statement", str(file.parent / "no.csv"), "--account", "current")
    assert code == 1 and "cannot be read" in err
    code, _, err = run("import_statement", str(file), "--account", "savings")
    assert code == 1 and "There is no bank account savings" in err
    for wrong in ("lots", "NaN"):
        with pytest.raises(CommandError, match="is not a number like"):
            run("import_statement", str(file), "--account", "current", "--confirm-at", wrong)


NAMES = [
    "Ashcombe", "Birchdale", "Cloverhill", "Dunmoor", "Eastbrook", "Fairholme", "Gladewood", "Hollybank", "Ivybridge",
    "Juniper Vale", "Kingsmead", "Larkfield", "Maplewood", "Northgate", "Orchard Row", "Pinehurst",
]  # fmt: skip


@pytest.fixture
def open_invoices(bank: BankAccount, actor: Actor, invoiced: Callable[..., Document]) -> list[Document]:
    """One for each of sixteen schools, four for the seventeenth."""
    schools = [
        add_organisation(kind=Organisation.Kind.OTHER, name=f"{name} Primary School", valid_from=START, actor=actor)
        for name in [*NAMES, "Quarry Lane"]
    ]
    customers = [*schools, *[schools[-1]] * 3]
    return [invoiced(school, 9_000 + 317 * n) for n, school in enumerate(customers)]


def demo(path: Path) -> bytes:
    code, _, err = run("demo_statement", "--bank", "lloyds", "--output", str(path))
    assert (code, err) == (0, "")
    return path.read_bytes()


@travel("2026-09-22 10:00:00+00:00")  # a Tuesday
def test_the_demonstration_file_pays_open_invoices_and_reconciles(
    open_invoices: list[Document], bank: BankAccount, actor: Actor, tmp_path: Path, ledger_holds: None
) -> None:
    path = tmp_path / "demo.csv"
    data = demo(path)
    assert demo(tmp_path / "again.csv") == data
    parsed = parse(data, sort_code="309626", account_number="00123456")
    assert parsed.opening_pence == 0
    assert [parsed.lines[0].on, parsed.lines[-1].on] == [date(2026, 9, 18), date(2026, 9, 22)]
    assert parsed.lines[0].description == "QUARRY LANE PRIMAR REMIT 88213"
    assert parsed.lines[-1].pence == -1_250
    _, out, _ = run("import_statement", str(path), "--account", "current", "--confirm-at", "0.95", "--json")
    report = json.loads(out)
    # the remittance, eight by number, four with mangled references, one by amount and name
    assert (report["accepted"], report["new"], report["matched"]) == (17, 17, 14)
    assert BankMatch.objects.get(line__description__contains="REMIT").confidence == Decimal("0.97")
    waiting = list(
        BankLine.objects.filter(state="unmatched").order_by("position").values_list("description", flat=True)
    )
    assert len(waiting) == 3 and waiting[1].startswith("E HALLOWAY") and waiting[2] == "ACCOUNT CHARGES"
    assert ReceivableItem.objects.filter(outstanding_pence=0).count() == 17
    assert position_of(actor, bank).difference == 0
    _, out, _ = run("import_statement", str(path), "--account", "current", "--confirm-at", "0.95", "--json")
    assert (json.loads(out)["new"], json.loads(out)["matched"]) == (0, 0)
    second = parse(demo(tmp_path / "second.csv"))
    assert second.opening_pence == parsed.closing_pence
    assert second.lines[0].on == date(2026, 9, 22)


@pytest.mark.parametrize("form", ["barclays", "camt053"])
@travel("2026-09-22 10:00:00+00:00")  # a Tuesday
def test_the_demonstration_file_of_another_bank_pays_open_invoices_twice_in_a_day(
    open_invoices: list[Document], actor: Actor, tmp_path: Path, ledger_holds: None, form: str
) -> None:
    account = ensure_bank_account(
        code="second", name="Second account", ledger_account_code="1010", layout=form, sort_code="000000",
        account_number="00023456", actor=actor,
    )  # fmt: skip
    path = tmp_path / "demo"
    for new, matched in ((17, 14), (5, 3)):  # the second pays the rest of the part payment and two whole ones
        code, out, err = run("demo_statement", "--bank", form, "--output", str(path))
        assert (code, err) == (0, "") and "of account second written" in out
        _, out, err = run("import_statement", str(path), "--account", "second", "--confirm-at", "0.95", "--json")
        report = json.loads(out)
        assert (report["refused"], report["matched"]) == (0, matched)
        assert report["new"] == new
        assert position_of(actor, account).difference == 0
    assert not ReceivableItem.objects.filter(outstanding_pence__gt=0).exists()


@travel("2026-09-22 10:00:00+00:00")
def test_camt053_is_written_for_an_account_of_any_bank(bank: BankAccount, tmp_path: Path) -> None:
    path = tmp_path / "demo.xml"
    assert run("demo_statement", "--bank", "camt053", "--account", "current", "--output", str(path))[0] == 0
    _, out, _ = run("import_statement", str(path), "--account", "current", "--json")
    assert (json.loads(out)["refused"], json.loads(out)["new"]) == (0, 2)
    with pytest.raises(CommandError, match="Current account is not an account with barclays"):
        run("demo_statement", "--bank", "barclays", "--account", "current", "--output", str(path))


def test_what_a_person_knows_is_passed_on(partnership: Organisation, actor: Actor, tmp_path: Path) -> None:
    ensure_bank_account(
        code="second", name="Second account", ledger_account_code="1010", layout="barclays", actor=actor
    )
    path, rows = tmp_path / "b.csv", rows_of(AMOUNTS)
    path.write_text(barclays(rows), newline="")
    _, out, err = run("import_statement", str(path), "--account", "second", "--closing", "1,295.50", "--json")
    assert (json.loads(out)["opening"], json.loads(out)["closing"]) == ("1000.00", "1295.50")
    path.write_text(barclays([(rows[2][0], "OTHER WORDS", AMOUNTS[2])]), newline="")
    code, _, err = run("import_statement", str(path), "--account", "second", "--json")
    assert (code, json.loads(err)["code"]) == (1, "same_or_further")
    assert run("import_statement", str(path), "--account", "second", "--repeats", "further")[1].count("new 1") == 1
    with pytest.raises(CommandError, match="pounds and pence"):
        run("import_statement", str(path), "--account", "second", "--closing", "lots")


@travel("2026-09-19 10:00:00+00:00")  # a Saturday
def test_with_nothing_open_the_demonstration_file_still_ties(bank: BankAccount, tmp_path: Path) -> None:
    parsed = parse(demo(tmp_path / "demo.csv"))
    assert [line.pence for line in parsed.lines] == [18_537, -1_250]
    assert parsed.lines[-1].on == date(2026, 9, 18)


def test_the_demonstration_file_needs_an_account_of_the_bank(partnership: Organisation, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no bank account with lloyds"):
        run("demo_statement", "--output", str(tmp_path / "demo.csv"))
    with pytest.raises(CommandError, match="There is no bank account savings"):
        run("demo_statement", "--output", str(tmp_path / "demo.csv"), "--account", "savings")
