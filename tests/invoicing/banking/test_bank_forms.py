"""Importing files of other banks: what a file is its content says; equal payments without references; two forms of one day."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.queries import position_of
from invoicing.banking.rules.layouts import recognised
from invoicing.banking.rules.reading import StatementRefused
from invoicing.banking.services import ImportReport, Repeats, SameOrFurther, ensure_bank_account, import_statement
from invoicing.documents.models import Document
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.banking.files import (
    FIRST_DAY,
    Row,
    barclays,
    camt,
    camt_entry,
    camt_file,
    camt_statement,
    lloyds,
    rows_of,
)  # fmt: skip
from tests.invoicing.banking.helpers import owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]

AMOUNTS = [16_800, -1_250, 14_000, 14_000, 99, 250_000, -30_000]
SAME: Row = (FIRST_DAY, "OAKFIELD PRIMARY COURSE", 14_000)
OTHER: Row = (FIRST_DAY, "ELM PARK COURSE", 9_000)


def account_of(layout: str, actor: Actor) -> BankAccount:
    return ensure_bank_account(
        code="second",
        name="Second account",
        ledger_account_code="1010",
        layout=layout,
        sort_code="20-11-22",
        account_number="00654321",
        actor=actor,
    )


@pytest.fixture
def second(partnership: Organisation, actor: Actor) -> BankAccount:
    """The account at Barclays."""
    return account_of("barclays", actor)


@pytest.fixture
def standard(partnership: Organisation, actor: Actor) -> BankAccount:
    """An account whose bank gives CAMT.053."""
    return account_of("camt053", actor)


def bring(
    bank: BankAccount,
    data: str | bytes,
    actor: Actor,
    name: str = "sept.csv",
    *,
    closing: int | None = None,
    repeats: Repeats | None = None,
    at: Decimal | None = None,
) -> ImportReport:
    raw = data.encode() if isinstance(data, str) else data
    return import_statement(
        account=bank, data=raw, file_name=name, confirm_at=at, actor=actor, closing_pence=closing, repeats=repeats
    )


# What a file is


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_known_by_its_content(encoding: str) -> None:
    rows = rows_of(AMOUNTS)
    assert recognised(lloyds(rows).encode(encoding)) == "lloyds"
    assert recognised(("\r\n" + barclays(rows)).encode(encoding)) == "barclays"
    assert recognised(camt(rows).replace("UTF-8", encoding).encode(encoding)) == "camt053"
    assert recognised("Date,Amount\n1,2\n".encode(encoding)) is None


@pytest.mark.parametrize("name", ["lloyds.csv", "statement.xml", "x"])
def test_the_files_name_counts_for_nothing(second: BankAccount, priya: Actor, name: str) -> None:
    assert bring(second, barclays(rows_of(AMOUNTS)), priya, name).new == 7
    assert BankStatement.objects.get().layout == "barclays"


def test_a_file_of_another_bank_is_refused_in_a_plain_sentence(
    bank: BankAccount, second: BankAccount, priya: Actor
) -> None:
    with pytest.raises(StatementRefused) as refused:
        bring(bank, barclays(rows_of(AMOUNTS)), priya)
    assert refused.value.message == (
        "The file is of another bank (Barclays, CSV): Current account takes Lloyds Bank, CSV or CAMT.053. Nothing was"
        " imported. Choose the account that the file belongs to, or the other file."
    )
    with pytest.raises(StatementRefused, match=r"another bank \(Lloyds Bank, CSV\): Second account takes Barclays"):
        bring(second, lloyds(rows_of(AMOUNTS)), priya)
    assert not BankLine.objects.exists()


def test_camt053_is_taken_for_an_account_of_any_bank_by_its_number(
    bank: BankAccount, second: BankAccount, priya: Actor
) -> None:
    text = camt(rows_of(AMOUNTS))
    assert bring(second, text, priya).new == 7
    assert BankStatement.objects.get().layout == "camt053"
    with pytest.raises(StatementRefused, match="has the sort code 201122, but this account's is 309626"):
        bring(bank, text, priya)


# Barclays: no balances, no references


def test_barclays_is_imported_once_and_overlaps_add_only_what_is_new(second: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    first = bring(second, barclays(rows[:4]), priya)
    assert (first.new, first.duplicate, first.opening_pence, first.closing_pence) == (4, 0, 0, sum(AMOUNTS[:4]))
    assert not first.proven and "states no balance" in first.warnings[0]
    assert "By the ledger's balance, as this is the first statement, it closes at £435.50" in first.warnings[0]
    again = bring(second, barclays(rows[:4], newest_first=False).encode("utf-16"), priya)
    assert (again.new, again.duplicate, again.closing_pence) == (0, 4, sum(AMOUNTS[:4]))
    rest = bring(second, barclays(rows[2:]), priya)
    assert (rest.new, rest.duplicate) == (3, 2)
    assert (rest.opening_pence, rest.closing_pence) == (sum(AMOUNTS[:2]), sum(AMOUNTS))
    balances = BankLine.objects.order_by("on", "statement", "position").values_list("balance_pence", flat=True)
    assert sorted(balances) == sorted(sum(AMOUNTS[: n + 1]) for n in range(7))


def test_earlier_days_are_put_before_what_is_here(second: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(second, barclays(rows[4:]), priya, closing=500_000)
    earlier = bring(second, barclays(rows[:6]), priya)
    assert (earlier.new, earlier.duplicate) == (4, 2)
    assert earlier.opening_pence == 500_000 - sum(AMOUNTS)
    assert not [warning for warning in earlier.warnings if "gap" in warning]


def test_two_identical_payments_both_count_and_stay_two(second: BankAccount, priya: Actor) -> None:
    assert bring(second, barclays([SAME, SAME]), priya).new == 2
    assert bring(second, barclays([SAME, SAME]), priya).new == 0
    assert bring(second, barclays([SAME, SAME, SAME]), priya).new == 1
    assert BankLine.objects.count() == 3


def test_where_nothing_tells_a_person_decides_and_until_then_nothing_is_imported(
    second: BankAccount, priya: Actor
) -> None:
    bring(second, barclays([SAME, OTHER]), priya)
    part = barclays([SAME, (FIRST_DAY + timedelta(1), "LATER", 100)])  # the day again, without Elm Park's payment
    with pytest.raises(SameOrFurther) as asked:
        bring(second, part, priya)
    assert "line 3, 1 September 2026, £140.00 OAKFIELD PRIMARY COURSE" in asked.value.message
    assert asked.value.facts["lines"] == [3] and BankLine.objects.count() == 2
    assert bring(second, part, priya, repeats=Repeats.SAME).new == 1
    assert BankLine.objects.filter(pence=14_000).count() == 1


def test_further_payments_count_and_a_file_of_the_whole_day_finds_them_all(second: BankAccount, priya: Actor) -> None:
    bring(second, barclays([SAME, OTHER]), priya)
    part = barclays([SAME, (FIRST_DAY + timedelta(1), "LATER", 100)])
    assert bring(second, part, priya, repeats=Repeats.FURTHER).new == 2
    assert BankLine.objects.filter(pence=14_000).count() == 2
    whole = barclays([SAME, SAME, OTHER, (FIRST_DAY + timedelta(1), "LATER", 100)])
    assert bring(second, whole, priya).new == 0


@pytest.mark.parametrize(("repeats", "count"), [(Repeats.SAME, 1), (Repeats.FURTHER, 2)])
def test_one_amount_in_other_words_is_asked_about_too(
    second: BankAccount, priya: Actor, repeats: Repeats, count: int
) -> None:
    bring(second, barclays([SAME]), priya)
    told = barclays([(FIRST_DAY, "OAKFIELD PRIM", 14_000), (FIRST_DAY + timedelta(1), "LATER", 100)])
    with pytest.raises(SameOrFurther):
        bring(second, told, priya)
    bring(second, told, priya, repeats=repeats)
    assert BankLine.objects.filter(pence=14_000).count() == count


def test_a_line_left_out_of_a_day_inside_is_refused(second: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(second, barclays(rows), priya)
    with pytest.raises(StatementRefused, match="leaves out a line that was imported before: 2 September 2026"):
        bring(second, barclays([*rows[:2], *rows[3:]]), priya)
    with pytest.raises(StatementRefused, match=r"is not in “sept.csv”, which was imported before"):
        bring(second, barclays([*rows[:4], (rows[2][0], "ONE MORE", 5)]), priya)
    assert bring(second, barclays(rows[:3]), priya).new == 0  # a part of a day that is known whole
    assert BankLine.objects.count() == 7


def test_a_balance_read_at_the_bank_proves_the_file_or_shows_what_is_missing(second: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    first = bring(second, barclays(rows[:2]), priya, closing=50_000)
    assert first.proven and first.opening_pence == 50_000 - sum(AMOUNTS[:2])
    with pytest.raises(StatementRefused, match=r"the statements here already the file closes at £500\.00"):
        bring(second, barclays(rows[:2]), priya, closing=sum(AMOUNTS[:2]))  # as the empty ledger would have it
    assert bring(second, barclays(rows[:2]), priya, closing=50_000).new == 0
    lost = barclays([*rows[:2], rows[4]])  # two lines of a day between are lost: the bank's balance betrays it
    with pytest.raises(StatementRefused, match=r"You entered £780\.99 as the balance at the bank, but with the"):
        bring(second, lost, priya, closing=78_099)
    gap = bring(second, barclays(rows[4:6]), priya, closing=50_000 + sum(AMOUNTS[2:6]))
    assert gap.warnings[0].startswith("A gap: this statement opens at £780.00")
    assert bring(second, barclays(rows[2:4]), priya).warnings[0].startswith("The bank's file states no balance")
    last = bring(second, barclays(rows[6:]), priya, closing=50_000 + sum(AMOUNTS[2:]))
    assert last.warnings == []


def test_a_balance_entered_for_a_file_that_states_its_own_must_agree(standard: BankAccount, priya: Actor) -> None:
    text = camt(rows_of(AMOUNTS))
    with pytest.raises(StatementRefused, match="but the file closes at"):
        bring(standard, text, priya, closing=1)
    assert bring(standard, text, priya, closing=100_000 + sum(AMOUNTS)).new == 7


# CAMT.053


@pytest.mark.parametrize("references", [True, False])
def test_camt053_again_or_overlapping_adds_only_what_is_new(
    standard: BankAccount, priya: Actor, references: bool
) -> None:
    rows = rows_of(AMOUNTS)
    text = camt(rows[:4], references=references)
    assert bring(standard, text, priya).new == 4
    again = bring(standard, text, priya)
    assert (again.new, again.warnings) == (0, ["This file was imported before: nothing was added."])
    opening = 100_000 + sum(AMOUNTS[:2])
    rest = bring(standard, camt(rows[2:], opening=opening, references=references), priya)
    assert (rest.new, rest.duplicate, rest.warnings) == (3, 2, [])
    assert BankLine.objects.count() == 7


@pytest.mark.parametrize("references", [True, False])
def test_two_identical_payments_of_camt053_both_count(standard: BankAccount, priya: Actor, references: bool) -> None:
    assert bring(standard, camt([SAME, SAME], references=references), priya).new == 2
    assert bring(standard, camt([SAME, SAME], references=references), priya).new == 0


def test_a_gap_between_files_is_told_and_so_are_pending_entries(standard: BankAccount, priya: Actor) -> None:
    bring(standard, camt(rows_of(AMOUNTS[:2])), priya)
    day = date(2026, 9, 8)
    entries = [camt_entry(day, "A", 500), camt_entry(day, "B", 700, status="PDNG")]
    later = camt_file(camt_statement(entries, opening=0, closing=500))
    first, second = bring(standard, later, priya).warnings
    assert first.startswith("A gap: this statement opens at £0.00") and second.startswith("1 entry is not booked yet")


def test_a_quiet_days_statement_adds_nothing_and_tells_a_difference(standard: BankAccount, priya: Actor) -> None:
    bring(standard, camt(rows_of([500]), opening=0), priya)
    quiet = bring(standard, camt_file(camt_statement([], opening=500, closing=500)), priya)
    assert (quiet.accepted, quiet.new, quiet.statement_id) == (0, 0, None)
    assert quiet.warnings == ["The statement has no booked entries: nothing was added."]
    other = bring(standard, camt_file(camt_statement([], opening=700, closing=700)), priya)
    assert other.warnings[1].startswith("It stands at £7.00, but the last statement here closes at £5.00")


@pytest.mark.parametrize("first", ["csv", "xml"])
def test_one_day_in_two_forms_is_refused_and_the_next_day_follows_on(
    bank: BankAccount, priya: Actor, first: str
) -> None:
    """The order within the day differs, so neither balance nor words would tell that the payments are the same."""
    ours = "GB89TEST30962600123456"
    rows: list[Row] = [(FIRST_DAY, "A", 500), (FIRST_DAY, "B", 700)]
    forms = [lloyds(rows), camt(rows[::-1], iban=ours)]
    here, other = forms if first == "csv" else forms[::-1]
    bring(bank, here, priya)
    with pytest.raises(StatementRefused, match=r"^Line \d+ \(1 September 2026, .* tells in another form \("):
        bring(bank, other, priya)
    assert BankLine.objects.count() == 2
    later: list[Row] = [(FIRST_DAY + timedelta(1), "C", 900)]
    opening = 100_000 + 1_200
    follows = camt(later, opening=opening, iban=ours) if first == "csv" else lloyds(later, opening=opening)
    assert bring(bank, follows, priya).warnings == []


def test_a_damaged_file_changes_nothing(standard: BankAccount, second: BankAccount, priya: Actor) -> None:
    for damaged in (camt(rows_of(AMOUNTS))[:-40], camt(rows_of(AMOUNTS)).replace(">168.00<", ">168.01<")):
        with pytest.raises(StatementRefused, match="Nothing was imported"):
            bring(standard, damaged, priya)
    assert not BankLine.objects.exists() and not BankStatement.objects.exists()


# On to the ledger


@pytest.mark.parametrize("layout", ["barclays", "camt053"])
def test_what_is_imported_is_matched_and_the_ledger_agrees(
    partnership: Organisation,
    oakfield: Organisation,
    invoiced: Callable[..., Document],
    actor: Actor,
    priya: Actor,
    layout: str,
) -> None:
    account = account_of(layout, actor)
    invoice = invoiced(oakfield, 10_000)
    rows: list[Row] = [(FIRST_DAY, f"OAKFIELD PRIMARY {invoice.number}", 12_000), (FIRST_DAY, "CHARGES", -1_250)]
    text = barclays(rows) if layout == "barclays" else camt(rows, opening=0)
    report = bring(account, text, priya, at=Decimal("0.95"))
    assert (report.new, report.matched, owed(invoice)) == (2, 1, 0)
    position = position_of(priya, account)
    assert (position.difference, position.unmatched_pence, position.ledger) == (0, -1_250, 12_000)
    call_command("verify_ledger")


def test_ten_thousand_lines_of_barclays_are_imported_in_one_go(second: BankAccount, priya: Actor) -> None:
    rows = rows_of([(n % 977) + 1 for n in range(10_000)], per_day=40, start=date(2025, 1, 1))
    data = barclays(rows)
    assert bring(second, data, priya).new == 10_000
    assert bring(second, data, priya).new == 0
