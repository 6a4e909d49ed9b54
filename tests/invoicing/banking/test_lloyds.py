"""A bank's file is read whole with every line accounted for, or refused with the line."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.banking.rules.lloyds import parse
from invoicing.banking.rules.reading import LIMIT_BYTES, StatementRefused, fingerprints
from tests.invoicing.banking.files import FIRST_DAY, HEADER, lloyds, rows_of

AMOUNTS = [16_800, -1_250, 14_000, 14_000, 99, 250_000, -30_000]


def refused(data: bytes | str, **own: str) -> StatementRefused:
    with pytest.raises(StatementRefused) as caught:
        parse(data.encode() if isinstance(data, str) else data, **own)
    return caught.value


def numbered(text: str) -> list[str]:
    """Lines by number: [1] is the header."""
    return ["", *text.split("\r\n")]


def joined(lines: list[str]) -> str:
    return "\r\n".join(lines[1:])


def test_a_newest_first_file_comes_out_oldest_first_and_ties() -> None:
    parsed = parse(lloyds(rows_of(AMOUNTS)).encode())
    assert [line.pence for line in parsed.lines] == AMOUNTS
    assert (parsed.opening_pence, parsed.closing_pence) == (100_000, 100_000 + sum(AMOUNTS))
    assert (parsed.read, parsed.accepted, parsed.refused) == (7, 7, 0)
    assert parsed.lines[0].on == FIRST_DAY and parsed.lines[0].line == 8
    assert (parsed.sort_code, parsed.account_number) == ("309626", "00123456")


@pytest.mark.parametrize("per_day", [1, 2, 100])
@pytest.mark.parametrize("trailing_comma", [True, False])
def test_an_oldest_first_file_gives_the_same(per_day: int, trailing_comma: bool) -> None:
    rows = rows_of(AMOUNTS, per_day=per_day)
    newest = parse(lloyds(rows).encode())
    oldest = parse(lloyds(rows, newest_first=False, trailing_comma=trailing_comma).encode())
    assert fingerprints(newest.lines) == fingerprints(oldest.lines)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_encoding_and_line_end_reads_alike(encoding: str, end: str) -> None:
    rows = [(FIRST_DAY, "SAINT-ANDRÉ PAID £140 – COURSE", 14_000), (FIRST_DAY, "ZWEITE", -14_000)]
    parsed = parse(lloyds(rows, end=end).encode(encoding))
    assert parsed.lines[0].description == "SAINT-ANDRÉ PAID £140 – COURSE"
    assert parsed.closing_pence == 100_000


def test_pound_signs_and_separators_in_amounts_are_read() -> None:
    text = f'{HEADER}\n01/09/2026,FPI,\'30-96-26,00123456,A,,"£1,234.50","£1,334.50"\n'
    parsed = parse(text.encode("cp1252"))
    assert (parsed.opening_pence, parsed.lines[0].pence) == (10_000, 123_450)


def test_a_formula_is_data_in_a_description_and_refused_in_an_amount() -> None:
    formula = '=HYPERLINK("http://example.test";"x")'
    quoted = '"' + formula.replace('"', '""') + '"'
    parsed = parse(lloyds([(FIRST_DAY, quoted, 500)]).encode())
    assert parsed.lines[0].description == formula
    error = refused(lloyds([(FIRST_DAY, "A", 500)]).replace(",,5.00,", ",,=5.00,"))
    assert error.facts["line"] == 2 and "“=5.00”" in error.message


def test_an_overdrawn_account_ties() -> None:
    parsed = parse(lloyds(rows_of([-50_000, 20_000]), opening=10_000).encode())
    assert parsed.lines[0].balance_pence == -40_000 and parsed.closing_pence == -20_000


@pytest.mark.parametrize("removed", [3, 5, 7])
def test_a_missing_middle_line_is_refused_naming_where(removed: int) -> None:
    lines = numbered(lloyds(rows_of(AMOUNTS)))
    del lines[removed]
    error = refused(joined(lines))
    assert error.message.startswith(f"Line {removed - 1} does not follow from line {removed}:")
    assert "A line between them is missing or changed. Nothing was imported" in error.message
    assert error.facts["line"] == removed - 1


def test_a_changed_amount_or_a_line_put_in_is_refused() -> None:
    lines = numbered(lloyds(rows_of(AMOUNTS)))
    doubled = [*lines[:4], lines[4], *lines[4:]]
    assert "does not follow" in refused(joined(doubled)).message
    assert "does not follow" in refused(joined(lines).replace(",,140.00,", ",,141.00,", 1)).message


def test_a_line_cut_inside_is_refused_naming_it() -> None:
    text = lloyds(rows_of(AMOUNTS))
    error = refused(text[: text.index("PAYER 2") + 4])
    assert error.message == (
        "Line 6 is cut short: it has 5 of 8 columns. Nothing was imported. Download the file again from the bank."
    )


def test_a_balance_cut_before_its_pence_is_refused_even_on_the_only_line() -> None:
    text = lloyds([(FIRST_DAY, "A", 500)]).rstrip("\r\n")
    assert parse(text.encode()).closing_pence == 100_500
    for cut in range(1, 4):
        assert "is cut short" in refused(text[:-cut]).message


@settings(max_examples=400, deadline=None)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]), newest=st.booleans())
def test_a_file_cut_at_any_byte_is_whole_or_refused_or_ends_with_a_line(
    data: st.DataObject, encoding: str, newest: bool
) -> None:
    """A cut exactly behind a line cannot show in the file: it loses the last lines and nothing else. In a file that is
    newest first the opening then differs, which the next test shows and the statement before it tells."""
    rows = [(FIRST_DAY, '"COMMA, ""QUOTED"" £"', 12_345), *rows_of([-500, 700, 700, -700], per_day=3)]
    text = lloyds(rows, opening=98_765, newest_first=newest)
    whole = parse(text.encode(encoding))
    raw = text.encode(encoding)
    cut = data.draw(st.integers(0, len(raw) - 1))
    try:
        parsed = parse(raw[:cut])
    except StatementRefused as error:
        assert "Nothing was imported" in error.message
        return
    kept = raw[:cut].decode(encoding, errors="strict")
    marks, all_marks = fingerprints(parsed.lines), fingerprints(whole.lines)
    if len(parsed.lines) == len(whole.lines):
        assert marks == all_marks
        return
    assert text[: len(kept)].endswith(("\n", "\r")) or text[len(kept) :].startswith("\r\n")
    count = len(parsed.lines)
    assert [line.pence for line in parsed.lines] == [
        line.pence for line in (whole.lines[-count:] if newest else whole.lines[:count])
    ]


def test_lines_lost_from_the_end_of_a_newest_first_file_change_its_opening() -> None:
    lines = numbered(lloyds(rows_of(AMOUNTS)))
    parsed = parse(joined([*lines[:-2], ""]).encode())
    assert parsed.opening_pence == 100_000 + AMOUNTS[0]


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=40),
    per_day=st.integers(1, 50),
    newest=st.booleans(),
)
def test_opening_and_lines_make_closing(amounts: list[int], per_day: int, newest: bool) -> None:
    parsed = parse(lloyds(rows_of(amounts, per_day=per_day), newest_first=newest).encode())
    assert parsed.opening_pence + sum(line.pence for line in parsed.lines) == parsed.closing_pence
    assert sorted(line.pence for line in parsed.lines) == sorted(amounts)
    assert len(set(fingerprints(parsed.lines))) == len(amounts)


def test_two_identical_payments_on_a_day_are_two_and_so_are_they_around_a_refund() -> None:
    same = (FIRST_DAY, "OAKFIELD PRIMARY COURSE", 14_000)
    assert len(set(fingerprints(parse(lloyds([same, same]).encode()).lines))) == 2
    back = (FIRST_DAY, "RETURNED", -14_000)  # the same balance again after each payment: the ordinal tells
    marks = fingerprints(parse(lloyds([same, back, same]).encode()).lines)
    assert len(set(marks)) == 3


BAD = {
    "31/02/2026": ("01/09/2026", "31/02/2026", "which is not a day of the calendar"),
    "american": ("01/09/2026", "09/31/2026", "which is not a day of the calendar"),
    "iso": ("01/09/2026", "2026-09-01", "where the date should be"),
    "a tenth of a penny": (",,168.00,", ",,168.001,", "not pounds and pence"),
    "words": (",,168.00,", ",,lots,", "not pounds and pence"),
    "negative credit": (",,168.00,", ",,-168.00,", "negative credit"),
    "both": (",,168.00,", ",1.00,168.00,", "both a debit and a credit"),
    "neither": (",,168.00,", ",,,", "neither a debit nor a credit"),
    "nought": (",,168.00,", ",0.00,0.00,", "neither a debit nor a credit"),
    "too many columns": (",,168.00,", ",,,168.00,", "9 columns instead of 8"),
    "no balance": (",1168.00", ",", "has no balance"),
    "open quote": ("PAYER 0", '"PAYER 0', "quotation mark"),
    "another account": ("'30-96-26,00123456,PAYER 0", "'30-96-26,00999999,PAYER 0", "belongs to another account"),
    "NUL": ("PAYER 0", "PAY\x00ER 0", "NUL character"),
    "long": ("PAYER 0", "P" * 501, "more than any bank writes"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_refuses_the_whole_file_and_names_the_line(case: str) -> None:
    old, new, reason = BAD[case]
    text = lloyds(rows_of(AMOUNTS))
    assert text.count(old) >= 1
    place = text.rindex(old)  # the oldest line, number 8
    error = refused(text[:place] + new + text[place + len(old) :])
    assert reason in error.message
    assert error.message.startswith("Line 8 ") and error.facts["line"] == 8
    assert "Nothing was imported" in error.message


def test_dates_out_of_order_are_refused() -> None:
    rows = rows_of(AMOUNTS, per_day=1)
    rows[3] = (date(2026, 1, 1), rows[3][1], rows[3][2])
    assert "out of date order" in refused(lloyds(rows)).message


def test_what_is_no_lloyds_file_is_refused_in_words() -> None:
    assert "is empty" in refused(b"").message
    assert "is empty" in refused(b"\r\n \r\n").message
    assert "a workbook or a PDF" in refused(b"PK\x03\x04 rest").message
    assert "not the header of a Lloyds download" in refused("Date,Amount\n01/09/2026,5.00\n").message
    assert "no transactions" in refused(HEADER + "\n").message
    assert "larger than 50 MB" in refused(b"x" * (LIMIT_BYTES + 1)).message
    assert "no letter in any encoding" in refused(HEADER.encode() + b"\n01/09/2026,\x81").message
    assert "middle of a character" in refused(lloyds(rows_of(AMOUNTS)).encode("utf-16")[:-1]).message


def test_a_file_of_another_account_is_refused() -> None:
    text = lloyds(rows_of(AMOUNTS), account="123456")  # a spreadsheet dropped the noughts
    own = {"sort_code": "309626", "account_number": "00123456"}
    assert parse(text.encode(), **own).accepted == 7
    assert "sort code 309626, but this account's is 112233" in refused(text, sort_code="112233").message
    assert "account number 00123456, but this account's is 00000001" in refused(text, account_number="00000001").message


def test_ten_thousand_lines_take_about_a_second() -> None:
    data = lloyds(rows_of([(n % 977) + 1 for n in range(10_000)], per_day=40)).encode()
    start = time.perf_counter()
    parsed = parse(data)
    assert len(set(fingerprints(parsed.lines))) == 10_000
    assert time.perf_counter() - start < 3
