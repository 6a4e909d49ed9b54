"""Barclays' file is read whole with every line accounted for, or refused with the line. It has no balances."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.banking.rules.barclays import parse
from invoicing.banking.rules.reading import LIMIT_BYTES, ParsedLine, StatementRefused, fingerprints
from tests.invoicing.banking.files import FIRST_DAY, barclays, rows_of

AMOUNTS = [16_800, -1_250, 14_000, 14_000, 99, 250_000, -30_000]
HEADER = "Number,Date,Account,Amount,Subcategory,Memo"


def refused(data: bytes | str, **own: str) -> StatementRefused:
    with pytest.raises(StatementRefused) as caught:
        parse(data.encode() if isinstance(data, str) else data, **own)
    return caught.value


def test_a_newest_first_file_comes_out_oldest_first() -> None:
    parsed = parse(barclays(rows_of(AMOUNTS)).encode())
    assert [line.pence for line in parsed.lines] == AMOUNTS
    assert (parsed.opening_pence, parsed.closing_pence, parsed.balances_stated) == (0, sum(AMOUNTS), False)
    assert (parsed.read, parsed.accepted, parsed.refused) == (7, 7, 0)
    assert (parsed.lines[0].on, parsed.lines[0].line) == (FIRST_DAY, 8)
    assert (parsed.lines[0].kind, parsed.lines[0].description) == ("Counter Credit", "PAYER 0 INV1000")
    assert (parsed.sort_code, parsed.account_number) == ("201122", "00654321")


@pytest.mark.parametrize("per_day", [1, 2, 100])
def test_an_oldest_first_file_gives_the_same_lines(per_day: int) -> None:
    rows = rows_of(AMOUNTS, per_day=per_day)
    newest = parse(barclays(rows).encode())
    oldest = parse(barclays(rows, newest_first=False).encode())
    assert set(fingerprints(newest.lines)) == set(fingerprints(oldest.lines))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_encoding_and_line_end_reads_alike(encoding: str, end: str) -> None:
    rows = [(FIRST_DAY, "SAINT-ANDRÉ, PAID £140 – COURSE", 14_000)]
    parsed = parse(barclays(rows, end=end).encode(encoding))
    assert parsed.lines[0].description == "SAINT-ANDRÉ, PAID £140 – COURSE"


def test_a_cheque_number_is_kept_and_the_padding_is_not() -> None:
    [line] = parse(f"{HEADER}\n000114,01/09/2026,20-11-22 00654321,-45.00,Cheque,PAID      IN       \n".encode()).lines
    assert (line.description, line.kind, line.pence) == ("PAID IN 000114", "Cheque", -4_500)


def test_two_identical_payments_on_a_day_are_two() -> None:
    same = (FIRST_DAY, "OAKFIELD PRIMARY COURSE", 14_000)
    assert len(set(fingerprints(parse(barclays([same, same]).encode()).lines))) == 2


def test_a_formula_is_data_in_a_memo_and_refused_in_an_amount() -> None:
    parsed = parse(barclays([(FIRST_DAY, "=HYPERLINK(1)", 500)]).encode())
    assert parsed.lines[0].description == "=HYPERLINK(1)"
    error = refused(barclays([(FIRST_DAY, "A", 500)]).replace(",5.00,", ",=5.00,"))
    assert error.facts["line"] == 2 and "“=5.00”" in error.message


BAD = {
    "no day of the calendar": ("01/09/2026", "31/02/2026", "which is not a day of the calendar"),
    "iso": ("01/09/2026", "2026-09-01", "where the date should be"),
    "a tenth of a penny": (",168.00,", ",168.001,", "not pounds and pence"),
    "words": (",168.00,", ",lots,", "not pounds and pence"),
    "empty": (",168.00,", ",,", "not pounds and pence"),
    "nought": (",168.00,", ",0.00,", "has an amount of nought"),
    "too many columns": (",168.00,", ",,168.00,", "7 columns instead of 6"),
    "open quote": ("PAYER 0", '"PAYER 0', "quotation mark"),
    "another account": ("00654321,168.00", "00999999,168.00", "belongs to another account"),
    "no account": ("20-11-22 00654321,168.00", "savings,168.00", "not a sort code and account number"),
    "NUL": ("PAYER 0", "PAY\x00ER 0", "NUL character"),
    "long": ("PAYER 0", "P" * 501, "more than any bank writes"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_refuses_the_whole_file_and_names_the_line(case: str) -> None:
    old, new, reason = BAD[case]
    text = barclays(rows_of(AMOUNTS))
    place = text.rindex(old)  # the oldest line, number 8
    error = refused(text[:place] + new + text[place + len(old) :])
    assert reason in error.message
    assert error.message.startswith("Line 8 ") and error.facts["line"] == 8
    assert "Nothing was imported" in error.message


def test_dates_out_of_order_are_refused() -> None:
    rows = rows_of(AMOUNTS, per_day=1)
    rows[3] = (date(2026, 1, 1), rows[3][1], rows[3][2])
    assert "out of date order" in refused(barclays(rows)).message


def test_what_is_no_barclays_file_is_refused_in_words() -> None:
    assert "is empty" in refused(b"").message
    assert "a workbook or a PDF" in refused(b"PK\x03\x04 rest").message
    assert "not the header of a Barclays download" in refused("Date,Amount\n01/09/2026,5.00\n").message
    assert "no transactions" in refused(HEADER + "\n").message
    assert "larger than 50 MB" in refused(b"x" * (LIMIT_BYTES + 1)).message


def test_a_file_of_another_account_is_refused() -> None:
    text = barclays(rows_of(AMOUNTS))
    assert parse(text.encode(), sort_code="201122", account_number="00654321").accepted == 7
    assert "account number 00654321, but this account's is 00000001" in refused(text, account_number="00000001").message


@settings(max_examples=300, deadline=None)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]), newest=st.booleans())
def test_a_file_cut_at_any_byte_is_refused_or_ends_with_a_line(
    data: st.DataObject, encoding: str, newest: bool
) -> None:
    """A cut exactly behind a line cannot show in a file without balances: only whole lines are ever taken."""
    rows = [(FIRST_DAY, "COMMA, £", 12_345), *rows_of([-500, 700, 700, -700], per_day=3)]
    text = barclays(rows, newest_first=newest)
    whole, raw = parse(text.encode(encoding)), text.encode(encoding)
    cut = data.draw(st.integers(0, len(raw) - 1))
    try:
        parsed = parse(raw[:cut])
    except StatementRefused as error:
        assert "Nothing was imported" in error.message
        return
    count = len(parsed.lines)
    kept = whole.lines[-count:] if newest else whole.lines[:count]
    # Which of one day's lines came first, a file of that day alone does not tell.
    assert sorted(map(facts, parsed.lines)) == sorted(map(facts, kept))


def facts(line: ParsedLine) -> tuple[date, str, int]:
    return line.on, line.description, line.pence


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=40),
    per_day=st.integers(1, 50),
    newest=st.booleans(),
)
def test_what_is_written_is_read(amounts: list[int], per_day: int, newest: bool) -> None:
    rows = rows_of(amounts, per_day=per_day)
    parsed = parse(barclays(rows, newest_first=newest).encode())
    assert sorted(map(facts, parsed.lines)) == sorted(rows)
    assert parsed.opening_pence + sum(amounts) == parsed.closing_pence
    assert len(set(fingerprints(parsed.lines))) == len(amounts)


def test_ten_thousand_lines_take_about_a_second() -> None:
    data = barclays(rows_of([(n % 977) + 1 for n in range(10_000)], per_day=40)).encode()
    start = time.perf_counter()
    assert len(set(fingerprints(parse(data).lines))) == 10_000
    assert time.perf_counter() - start < 3
