"""Importing: whole or not at all, twice adds nothing, gaps are told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.rules.reading import StatementRefused
from invoicing.banking.services import ImportReport, import_statement
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from tests.conftest import finance
from tests.invoicing.banking.files import FIRST_DAY, Row, lloyds, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]

AMOUNTS = [16_800, -1_250, 14_000, 14_000, 99, 250_000, -30_000]


def bring(bank: BankAccount, data: str | bytes, actor: Actor, name: str = "sept.csv") -> ImportReport:
    raw = data.encode() if isinstance(data, str) else data
    return import_statement(account=bank, data=raw, file_name=name, confirm_at=None, actor=actor)


def balance_after(rows: list[Row], opening: int = 100_000) -> int:
    return opening + sum(pence for _, _, pence in rows)


def test_a_file_is_imported_with_every_line_accounted_for(bank: BankAccount, priya: Actor) -> None:
    report = bring(bank, lloyds(rows_of(AMOUNTS)), priya, "C:\\Downloads\\sept\x00.csv")
    assert (report.accepted, report.refused, report.new, report.duplicate, report.matched) == (7, 0, 7, 0, 0)
    assert (report.opening_pence, report.closing_pence) == (100_000, 100_000 + sum(AMOUNTS))
    assert "It opens at £1,000.00 before 1 September 2026: check that with the bank" in report.warnings[0]
    statement = BankStatement.objects.get()
    assert (statement.file_name, statement.imported_by_person_id) == ("sept.csv", priya.person_id)
    assert list(statement.lines.order_by("position").values_list("pence", flat=True)) == AMOUNTS
    assert Event.objects.filter(kind="bank_statement.imported").count() == 1


def test_the_same_file_again_adds_nothing(bank: BankAccount, priya: Actor) -> None:
    data = lloyds(rows_of(AMOUNTS))
    bring(bank, data, priya)
    again = bring(bank, data, priya)
    assert (again.new, again.duplicate, again.statement_id) == (0, 7, None)
    assert again.warnings == ["This file was imported before: nothing was added."]
    other_encoding = bring(bank, lloyds(rows_of(AMOUNTS), newest_first=False, end="\n").encode("utf-16"), priya)
    assert other_encoding.new == 0
    assert BankLine.objects.count() == 7 and BankStatement.objects.count() == 1


@pytest.mark.parametrize("end_of_first", [3, 4, 5])  # 3 and 5 end in the middle of a day
def test_overlapping_files_add_only_what_is_new_and_tell_no_gap(
    bank: BankAccount, priya: Actor, end_of_first: int
) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows[:end_of_first]), priya)
    second = bring(bank, lloyds(rows[2:], opening=balance_after(rows[:2])), priya)
    assert (second.new, second.duplicate) == (7 - end_of_first, end_of_first - 2)
    assert second.warnings == []
    assert list(BankLine.objects.order_by("on", "statement", "position").values_list("pence", flat=True)) == AMOUNTS


def test_a_line_dated_far_ahead_is_refused_but_not_the_next_working_day(bank: BankAccount, priya: Actor) -> None:
    def brought(days: int) -> int:
        data = lloyds([(FIRST_DAY, "OAKFIELD", 100), (FIRST_DAY + timedelta(days=days), "OAKFIELD", 200)]).encode()
        return import_statement(
            account=bank, data=data, file_name="a.csv", confirm_at=None, actor=priya, today=FIRST_DAY
        ).new

    with pytest.raises(StatementRefused, match="Line 2 is dated 9 September 2026, which is to come: no bank has"):
        brought(8)
    assert not BankStatement.objects.exists()
    assert brought(4) == 2


def test_two_identical_payments_on_one_day_both_count_and_stay_two(bank: BankAccount, priya: Actor) -> None:
    same: Row = (FIRST_DAY, "OAKFIELD PRIMARY COURSE", 14_000)
    assert bring(bank, lloyds([same, same]), priya).new == 2
    assert bring(bank, lloyds([same, same, same]), priya).new == 1
    assert BankLine.objects.count() == 3


def test_a_gap_between_statements_is_a_warning_in_either_order(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows[:2]), priya)
    gap = bring(bank, lloyds(rows[4:], opening=balance_after(rows[:4])), priya)
    assert gap.new == 3
    assert gap.warnings == [
        "A gap: this statement opens at £1,435.50 before 3 September 2026, but the one before it closes at £1,155.50"
        " on 1 September 2026. Import a file that covers the days between."
    ]
    assert BankStatement.objects.get(pk=gap.statement_id).warnings == gap.warnings
    assert bring(bank, lloyds(rows[2:4], opening=balance_after(rows[:2])), priya).warnings == []
    early = [(FIRST_DAY - timedelta(days=30), "EARLIER", 5_000)]
    assert "but the next opens at £1,000.00" in bring(bank, lloyds(early, opening=1), priya).warnings[0]


def test_a_file_cut_behind_a_line_shows_as_a_gap_when_a_statement_precedes_it(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows[:2]), priya)
    whole = lloyds(rows[2:], opening=balance_after(rows[:2]))
    cut = whole[: whole.index("PAYER 2")].rsplit("\r\n", 1)[0] + "\r\n"
    assert "A gap: this statement opens at" in bring(bank, cut, priya).warnings[0]
    whole_report = bring(bank, whole, priya)
    assert (whole_report.new, whole_report.warnings) == (1, [])


@pytest.mark.parametrize("place", range(0, 640, 37))
def test_a_damaged_file_changes_nothing(bank: BankAccount, priya: Actor, place: int) -> None:
    data = lloyds(rows_of(AMOUNTS))
    lines = data.split("\r\n")
    lines[4] = ""  # a middle line is gone, wherever else the file is cut
    for damaged in ("\r\n".join(lines), data[: 113 + place].rstrip("\r\n")[:-1]):
        with pytest.raises(StatementRefused, match="Nothing was imported"):
            bring(bank, damaged, priya)
    assert not BankLine.objects.exists() and not BankStatement.objects.exists() and not Event.objects.filter(
        kind="bank_statement.imported"
    )  # fmt: skip


def test_another_line_for_a_day_imported_whole_is_refused(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows), priya)
    renamed = [*rows[:2], (rows[2][0], "SOMEBODY ELSE", rows[2][2]), *rows[3:]]
    with pytest.raises(StatementRefused, match=r"^Line 6 \(2 September 2026, £140\.00\) is not in “sept.csv”"):
        bring(bank, lloyds(renamed), priya)
    fewer = [*rows[:1], (FIRST_DAY, rows[1][1], rows[1][2] + 28_000 + 99), *rows[5:]]  # ties, with lines left out
    with pytest.raises(
        StatementRefused, match=r"leaves out a line that was imported before: 2 September 2026, £140\.00"
    ):
        bring(bank, lloyds(fewer), priya)
    assert BankLine.objects.count() == 7


OTHER_WORDS = "but “sept.csv”, which was imported before, has “{}” for the same day, amount and balance"


@pytest.mark.parametrize(("told", "kind"), [("PAYER 6", "PAY"), ("PAYER 6 INV1006", "DEB")])
def test_the_last_day_again_in_other_words_is_refused(bank: BankAccount, priya: Actor, told: str, kind: str) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows), priya)
    again = [(rows[6][0], told, rows[6][2]), (rows[6][0], "NEW PAYER", 4_200), (date(2026, 9, 5), "LATER", 100)]
    data = lloyds(again, opening=balance_after(rows[:6])).replace(",PAY,", f",{kind},")
    with pytest.raises(StatementRefused) as refused:
        bring(bank, data, priya, "again.csv")
    said = str(refused.value)
    assert said.startswith(f"Line 4 (4 September 2026, −£300.00, balance £3,636.49) reads “{kind} {told}”, ")
    assert OTHER_WORDS.format("PAY PAYER 6 INV1006") in said
    assert "Nothing was imported. Download whole days again" in said
    assert "a file that begins after 4 September 2026 if all of that day was imported." in said
    assert refused.value.facts["line"] == 4
    assert BankLine.objects.count() == 7 and BankStatement.objects.count() == 1


def test_the_first_day_again_in_other_words_is_refused(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows), priya)
    early = (FIRST_DAY - timedelta(days=1), "EARLIER", 5_000)
    cut = [early, *((on, told[:7], pence) for on, told, pence in rows[:2])]
    with pytest.raises(StatementRefused, match=r"^Line 3 \(1 September 2026, £168\.00, .* reads “FPI PAYER 0”"):
        bring(bank, lloyds(cut, opening=95_000, newest_first=False), priya)
    assert BankLine.objects.count() == 7
    assert bring(bank, lloyds([early, *rows[:2]], opening=95_000), priya).new == 1


def test_a_file_from_the_next_day_on_is_the_way_out_of_that_refusal(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of(AMOUNTS)
    bring(bank, lloyds(rows[:4]), priya)
    cut = [(on, told[:7], pence) for on, told, pence in rows]
    with pytest.raises(StatementRefused, match="It would count twice"):
        bring(bank, lloyds(cut[2:], opening=balance_after(rows[:2])), priya)
    rest = bring(bank, lloyds(cut[4:], opening=balance_after(rows[:4])), priya)
    assert (rest.new, rest.warnings) == (3, [])


@pytest.mark.parametrize("out_again", [[-14_000], [-20_000, 6_000], [-4_000, -10_000]])
@pytest.mark.parametrize("sign", [1, -1])
def test_one_amount_to_one_balance_twice_a_day_counts_twice_when_the_balance_went_back(
    bank: BankAccount, priya: Actor, out_again: list[int], sign: int
) -> None:
    moved = [14_000, *out_again, 14_000]
    day: list[Row] = [(FIRST_DAY, f"PAYER {n}", sign * pence) for n, pence in enumerate(moved)]
    bring(bank, lloyds(day[:1]), priya)
    whole = bring(bank, lloyds([*day, (date(2026, 9, 2), "LATER", 100)]), priya)
    assert (whole.new, whole.duplicate, whole.warnings) == (len(day), 1, [])
    twice = BankLine.objects.filter(pence=sign * 14_000, balance_pence=100_000 + sign * 14_000)
    assert twice.count() == 2
    call_command("verify_ledger")


def test_a_file_of_another_account_is_refused(bank: BankAccount, priya: Actor) -> None:
    with pytest.raises(StatementRefused, match="this account's is 00123456"):
        bring(bank, lloyds(rows_of(AMOUNTS), account="00999999"), priya)


def test_only_finance_may_import(bank: BankAccount, auditor: Actor, partnership: Organisation) -> None:
    outsider = Actor(person_id=5, user_id=None, name="Tom Outsider")
    organiser = finance(partnership, Role.ORGANISER, 77)
    for actor in (auditor, outsider, organiser):
        with pytest.raises(NotAllowed, match="You may not import bank statements"):
            bring(bank, lloyds(rows_of(AMOUNTS)), actor)
    assert not BankLine.objects.exists()


def test_a_confidence_outside_its_range_is_refused(bank: BankAccount, priya: Actor) -> None:
    for wrong in ("0.1", "1.01"):
        with pytest.raises(WrongInput, match=r"between 0\.5 and 1"):
            import_statement(account=bank, data=b"", file_name="x", confirm_at=Decimal(wrong), actor=priya)


def test_ten_thousand_lines_are_imported_in_one_go(bank: BankAccount, priya: Actor) -> None:
    rows = rows_of([(n % 977) + 1 for n in range(10_000)], per_day=40, start=date(2025, 1, 1))
    data = lloyds(rows)
    assert bring(bank, data, priya).new == 10_000
    assert bring(bank, data, priya).new == 0
    call_command("verify_ledger")
