"""A CAMT.053 file leads from its opening to its closing balance to the penny, or is refused with the line."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.banking.rules.camt053 import parse
from invoicing.banking.rules.reading import LIMIT_BYTES, ParsedStatement, StatementRefused, fingerprints
from tests.invoicing.banking.files import (
    FIRST_DAY,
    IBAN,
    camt,
    camt_amount,
    camt_entry,
    camt_file,
    camt_statement,
    rows_of,
)  # fmt: skip

AMOUNTS = [16_800, -1_250, 14_000, 14_000, 99, 250_000, -30_000]


def refused(data: bytes | str, **own: str) -> StatementRefused:
    with pytest.raises(StatementRefused) as caught:
        parse(data.encode() if isinstance(data, str) else data, **own)
    assert "Nothing was imported" in caught.value.message
    return caught.value


def one(*entries: str, opening: int = 0, closing: int, version: str = "02", more: str = "") -> ParsedStatement:
    return parse(
        camt_file(camt_statement(entries, opening=opening, closing=closing, more=more), version=version).encode()
    )


def payment(pence: int | None, words: str, *, more: str = "") -> str:
    """A payment of a batch."""
    amount = camt_amount(pence) if pence is not None else ""
    return f"<TxDtls>{more}{amount}<RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"


def test_statements_of_several_days_come_out_as_one_that_ties() -> None:
    parsed = parse(camt(rows_of(AMOUNTS)).encode())
    assert [line.pence for line in parsed.lines] == AMOUNTS
    assert (parsed.opening_pence, parsed.closing_pence) == (100_000, 100_000 + sum(AMOUNTS))
    assert (parsed.read, parsed.accepted, parsed.refused) == (7, 7, 0)
    assert parsed.lines[-1].balance_pence == parsed.closing_pence
    assert (parsed.lines[0].on, parsed.lines[0].line) == (FIRST_DAY, 7)
    assert parsed.lines[0].description == "PAYER 0 INV1000"
    assert (parsed.sort_code, parsed.account_number) == ("201122", "00654321")


def test_statements_newest_first_are_put_in_order() -> None:
    first = camt_statement([camt_entry(FIRST_DAY, "A", 500)], opening=0, closing=500, number="1")
    second = camt_statement([camt_entry(date(2026, 9, 2), "B", 70)], opening=500, closing=570, number="2")
    for file in (camt_file(first, second), camt_file(second, first)):
        parsed = parse(file.encode())
        assert [line.pence for line in parsed.lines] == [500, 70]
        assert (parsed.opening_pence, parsed.closing_pence) == (0, 570)


def test_a_statement_missing_between_two_is_refused() -> None:
    first = camt_statement([camt_entry(FIRST_DAY, "A", 500)], opening=0, closing=500, number="1")
    third = camt_statement([camt_entry(date(2026, 9, 3), "C", 70)], opening=900, closing=970, number="3")
    error = refused(camt_file(first, third))
    assert "opens at £9.00, but the one before it, in line 3, closes at £5.00" in error.message
    assert error.facts["line"] == 9


def test_the_same_statement_twice_in_a_file_is_refused() -> None:
    quiet = camt_statement([camt_entry(FIRST_DAY, "IN", 500), camt_entry(FIRST_DAY, "OUT", -500)], opening=0, closing=0)
    assert "which is in the file already" in refused(camt_file(quiet, quiet)).message


@pytest.mark.parametrize("removed", [7, 8])
def test_a_missing_entry_is_refused(removed: int) -> None:
    lines = camt(rows_of(AMOUNTS)).split("\n")
    del lines[removed - 1]
    error = refused("\n".join(lines))
    assert error.message.startswith(
        "Line 6 begins the closing balance £1,155.50, but the opening balance £1,000.00 and"
    )
    assert "An entry is missing or changed" in error.message


def test_an_entry_changed_or_put_in_is_refused() -> None:
    text = camt(rows_of(AMOUNTS))
    assert "missing or changed" in refused(text.replace(">168.00<", ">168.01<")).message
    assert "missing or changed" in refused(text.replace("<Ntry>", camt_entry(FIRST_DAY, "X", 1) + "<Ntry>", 1)).message


def test_pending_entries_are_left_out_and_told() -> None:
    parsed = one(
        camt_entry(FIRST_DAY, "BOOKED", 500),
        camt_entry(FIRST_DAY, "PENDING", 700, status="<Cd>PDNG</Cd>"),
        closing=500,
    )
    assert [line.description for line in parsed.lines] == ["BOOKED"]
    assert parsed.notes == ("1 entry is not booked yet (£7.00) and left out; a later file brings it when booked.",)


def test_a_statement_without_entries_is_read() -> None:
    assert one(opening=1_200, closing=1_200).lines == ()


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
def test_versions_differ_in_where_the_status_and_the_names_stand(version: str) -> None:
    party = "<Dbtr><Nm>OAKFIELD PRIMARY</Nm></Dbtr>"
    if version != "02":
        party = "<Dbtr><Pty><Nm>OAKFIELD PRIMARY</Nm></Pty></Dbtr>"
    details = (
        "<TxDtls><Refs><EndToEndId>E2E-77</EndToEndId></Refs>"
        f"<RltdPties>{party}<Cdtr><Nm>US</Nm></Cdtr></RltdPties>"
        "<RmtInf><Ustrd>INV-001187</Ustrd><Ustrd>INV-001190</Ustrd>"
        "<Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )
    status = "BOOK" if version == "02" else "<Cd>BOOK</Cd>"
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    [line] = one(
        camt_entry(FIRST_DAY, "", 500, status=status, details=details, more=code), closing=500, version=version
    ).lines
    assert line.description == "OAKFIELD PRIMARY E2E-77 INV-001187 INV-001190 RF18"
    assert line.kind == "PMNT-RCDT-DMCT"


def test_a_batch_whose_payments_are_given_is_a_line_for_each() -> None:
    batch = payment(500, "INV-1") + payment(700, "INV-2") + payment(-200, "BACK")
    parsed = one(camt_entry(FIRST_DAY, "", 1_000, details=batch, reference="R1"), closing=1_000)
    assert [(line.pence, line.description) for line in parsed.lines] == [(500, "INV-1"), (700, "INV-2"), (-200, "BACK")]
    assert len(set(fingerprints(parsed.lines))) == 3


def test_a_batch_without_its_payments_amounts_is_one_line() -> None:
    batch = payment(None, "INV-1") + payment(None, "INV-2")
    [line] = one(camt_entry(FIRST_DAY, "", 1_000, details=batch), closing=1_000).lines
    assert (line.pence, line.description) == (1_000, "INV-1 INV-2")


def test_a_batch_that_does_not_add_up_is_refused_unless_the_bank_took_charges() -> None:
    batch = payment(500, "INV-1") + payment(400, "INV-2")
    text = camt_file(camt_statement([camt_entry(FIRST_DAY, "", 1_000, details=batch)], opening=0, closing=1_000))
    assert refused(text).message.startswith(
        "Line 7 begins a batch of 2 payments that make £9.00, but the batch is of £10.00."
    )
    charged = camt_entry(FIRST_DAY, "", 1_000, details=batch, more="<Chrgs/>")
    assert [line.pence for line in one(charged, closing=1_000).lines] == [1_000]


def test_a_reversal_moves_as_it_says_and_is_named() -> None:
    [line] = one(camt_entry(FIRST_DAY, "INV-1", -500, more="<RvslInd>true</RvslInd>"), closing=-500).lines
    assert (line.pence, line.description) == (-500, "REVERSAL INV-1")


def test_the_banks_reference_tells_lines_apart_whatever_their_order() -> None:
    two = [camt_entry(FIRST_DAY, "SAME", 500, reference="R1"), camt_entry(FIRST_DAY, "SAME", 500, reference="R2")]
    forward, backward = one(*two, closing=1_000), one(*two[::-1], closing=1_000)
    assert len(set(fingerprints(forward.lines))) == 2
    assert set(fingerprints(forward.lines)) == set(fingerprints(backward.lines))


def test_without_references_the_running_balance_tells_them_apart() -> None:
    parsed = parse(camt([(FIRST_DAY, "SAME", 500)] * 2, references=False).encode())
    assert len(set(fingerprints(parsed.lines))) == 2


def test_a_time_with_a_zone_is_a_day_in_london() -> None:
    late = camt_entry(FIRST_DAY, "A", 500).replace("<Dt>2026-09-01</Dt>", "<DtTm>2026-09-01T23:30:00Z</DtTm>")
    assert one(late, closing=500).lines[0].on == date(2026, 9, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "iso-8859-15"])
def test_every_declared_encoding_reads_alike(encoding: str) -> None:
    statement = camt_statement([camt_entry(FIRST_DAY, "SAINT-ANDRÉ =1+1", 500)], opening=0, closing=500)
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding
    parsed = parse(camt_file(statement, declared=declared).encode(encoding))
    assert parsed.lines[0].description == "SAINT-ANDRÉ =1+1"


def test_bytes_that_are_not_what_the_file_declares_are_refused_with_the_line() -> None:
    text = camt_file(camt_statement([camt_entry(FIRST_DAY, "SAINT-ANDRÉ", 500)], opening=0, closing=500))
    assert refused(text.encode("cp1252")).message.startswith("Line 7 is not the XML of a CAMT.053 file")


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
HOSTILE = {
    "entities": ENTITY,
    "external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "external document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_entities_and_references_outside_are_refused(case: str) -> None:
    lines = camt(rows_of(AMOUNTS)).split("\n")
    error = refused("\n".join([lines[0], HOSTILE[case], *lines[1:]]))
    assert error.message.startswith("Line 2 declares a document type, entities or something outside the file")


def test_inclusions_and_endless_nesting_are_refused() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'
    text = camt(rows_of(AMOUNTS))
    assert "includes another file" in refused(text.replace("<GrpHdr/>", include)).message
    deep = "<a>" * 100 + "</a>" * 100
    assert "nested deeper" in refused(text.replace("<GrpHdr/>", deep)).message


BAD = {
    "a tenth of a penny": (">168.00<", ">168.001<", "not pounds and pence"),
    "a comma": (">168.00<", ">1,68<", "not pounds and pence"),
    "negative": (">168.00<", ">-168.00<", "not pounds and pence"),
    "formula": (">168.00<", ">=168<", "not pounds and pence"),
    "nought": (">168.00<", ">0.00<", "begins an entry of nought"),
    "euro": ('Ccy="GBP">168.00', 'Ccy="EUR">168.00', "has an amount in EUR: only pounds sterling are read"),
    "no direction": (">168.00</Amt><CdtDbtInd>CRDT<", ">168.00</Amt><CdtDbtInd>PLUS<", "neither a credit nor a debit"),
    "no status": ("<Sts>BOOK</Sts>", "", "neither booked nor pending"),
    "no day of the calendar": ("<BookgDt><Dt>2026-09-01<", "<BookgDt><Dt>2026-02-31<", "without a booking date"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_entry_refuses_the_whole_file_and_names_the_line(case: str) -> None:
    old, new, reason = BAD[case]
    error = refused(camt(rows_of(AMOUNTS)).replace(old, new, 1))
    assert reason in error.message
    assert error.message.startswith("Line 7 ") and error.facts["line"] == 7


def test_more_decimals_than_two_are_read_when_they_are_noughts() -> None:
    text = camt(rows_of(AMOUNTS)).replace(">168.00<", ">168.00000<")
    assert parse(text.encode()).lines[0].pence == 16_800


def test_what_is_missing_of_a_statement_is_told() -> None:
    text = camt(rows_of(AMOUNTS[:2]))
    assert "without its booked opening balance (OPBD)" in refused(text.replace("OPBD", "OPAV")).message
    assert "without its booked closing balance (CLBD)" in refused(text.replace("CLBD", "CLAV")).message
    assert parse(text.replace("OPBD", "PRCD").encode()).opening_pence == 100_000
    counted = "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>"
    assert "a statement of 3 entries, but it holds 2" in refused(text.replace("<Ntry>", counted + "<Ntry>", 1)).message
    assert "only accounts in pounds" in refused(text.replace("<Ccy>GBP<", "<Ccy>EUR<")).message
    assert "without a statement" in refused(camt_file()).message


def test_other_messages_and_other_files_are_refused_in_words() -> None:
    text = camt(rows_of(AMOUNTS))
    assert "a report during the day (camt.052.001.02)" in refused(text.replace("camt.053", "camt.052")).message
    assert "another kind of file (html)" in refused("<html></html>").message
    assert "is empty" in refused(b"").message
    assert "not a CAMT.053 file" in refused(b"%PDF-1.7").message
    assert "larger than 50 MB" in refused(b"<" + b"x" * LIMIT_BYTES).message
    assert "another kind of file" in refused("Number,Date\n1,2\n").message


def test_a_file_of_another_account_is_refused() -> None:
    text = camt(rows_of(AMOUNTS))
    assert parse(text.encode(), sort_code="201122", account_number="00654321").accepted == 7
    error = refused(text, sort_code="201122", account_number="00000001")
    assert error.message.startswith("Line 3 has the account number 00654321, but this account's is 00000001.")
    assert "not a British account number" in refused(text.replace(IBAN, "GB00" + IBAN[4:])).message
    assert "not a British account number" in refused(text.replace(IBAN, "NL91ABNA0417164300")).message
    digits = text.replace(f"<IBAN>{IBAN}</IBAN>", "<Othr><Id>20112200654321</Id></Othr>")
    assert parse(digits.encode()).account_number == "00654321"


def test_a_file_of_several_accounts_is_refused() -> None:
    ours = camt_statement([camt_entry(FIRST_DAY, "A", 500)], opening=0, closing=500, number="1")
    theirs = camt_statement([], opening=500, closing=500, number="2").replace(
        f"<IBAN>{IBAN}</IBAN>", "<Othr><Id>20112200999999</Id></Othr>"
    )
    error = refused(camt_file(ours, theirs))
    assert "begins a statement of another account (201122 00999999)" in error.message


@settings(max_examples=300, deadline=None)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "utf-16", "windows-1252"]))
def test_a_file_cut_at_any_byte_is_refused(data: st.DataObject, encoding: str) -> None:
    text = camt(rows_of(AMOUNTS)).replace("UTF-8", encoding)
    raw = text.encode(encoding)
    end = len(text.rstrip().encode(encoding))
    cut = data.draw(st.integers(0, end - 1))
    refused(raw[:cut])


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=30),
    opening=st.integers(-(10**9), 10**9),
    per_day=st.integers(1, 10),
    references=st.booleans(),
)
def test_what_is_written_is_read(amounts: list[int], opening: int, per_day: int, references: bool) -> None:
    rows = rows_of(amounts, per_day=per_day)
    parsed = parse(camt(rows, opening=opening, references=references).encode())
    assert [(line.on, line.description, line.pence) for line in parsed.lines] == rows
    assert (parsed.opening_pence, parsed.closing_pence) == (opening, opening + sum(amounts))
    assert len(set(fingerprints(parsed.lines))) == len(amounts)


def test_ten_thousand_entries_take_a_few_seconds() -> None:
    data = camt(rows_of([(n % 977) + 1 for n in range(10_000)], per_day=100, start=FIRST_DAY - timedelta(400))).encode()
    start = time.perf_counter()
    assert len(set(fingerprints(parse(data).lines))) == 10_000
    assert time.perf_counter() - start < 8
