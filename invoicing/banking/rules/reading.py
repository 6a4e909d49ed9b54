"""Reading a bank's file: bytes to text, cells to dates and pence, and the proof that nothing is missing.

A file is accepted whole or refused whole. Where a bank gives a running balance, that is the proof: in date order every
balance is the one before it plus what came in or less what went out, so a line that was lost, changed or added breaks
the chain. Where it states an opening and a closing balance, the lines between must lead from one to the other.
"""

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money

LIMIT_BYTES = 50 * 1024 * 1024
DESCRIPTION_LIMIT = 500

_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]+")  # also marks that turn text round
_NOTHING_DONE = "Nothing was imported. Download the file again from the bank"


class StatementRefused(DomainError):
    """The file is not imported. The message names the line (``facts["line"]``, 1 is the file's first) and the reason."""

    code = "statement_refused"
    status = 400


@dataclass(frozen=True)
class ParsedLine:
    """One transaction: ``pence`` is signed, money in above zero; ``line`` is its line number in the file.

    ``mark`` is what tells the line from others: None for the running balance that the bank wrote beside it, the bank's
    own reference, or "" where the file has neither; then ``balance_pence`` is reckoned and no part of its identity.
    """

    line: int
    on: date
    kind: str
    description: str
    pence: int
    balance_pence: int
    mark: str | None = None


@dataclass(frozen=True)
class ParsedStatement:
    """A whole file, oldest line first. Refuses to exist unless opening + lines = closing and accepted + refused = read.

    ``layout`` is the form of the file. Without ``balances_stated`` the file has no balances: its opening stands at
    nought until the importer knows better. ``notes`` are sentences on what the file holds besides booked lines.
    """

    lines: tuple[ParsedLine, ...]
    opening_pence: int
    closing_pence: int
    read: int
    accepted: int
    refused: int
    sort_code: str
    account_number: str
    layout: str
    balances_stated: bool = True
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.opening_pence + sum(line.pence for line in self.lines) != self.closing_pence:
            raise ValueError("opening + lines is not closing")
        if self.accepted + self.refused != self.read or self.accepted != len(self.lines):
            raise ValueError("accepted + refused is not read")


def refuse(line: int | None, what: str, *, remedy: str = _NOTHING_DONE) -> StatementRefused:
    """The refusal to raise: ``Line 48 <what>. Nothing was imported. Download the file again from the bank.``"""
    start = f"Line {line} " if line else ""
    return StatementRefused(f"{start}{what}. {remedy}.", line=line)


def check_bytes(data: bytes, *, form: str = "CSV") -> None:
    """Refuses an empty file, one above 50 MB, and a workbook or PDF. ``form`` is what was wanted."""
    if len(data) > LIMIT_BYTES:
        raise refuse(None, "The file is larger than 50 MB", remedy="Nothing was imported. Download a shorter period")
    if not data.strip(b" \t\r\n\x00"):
        raise refuse(None, "The file is empty")
    if data[:4] in (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0"):
        what = f"The file is a workbook or a PDF, not a {form} file"
        raise refuse(None, what, remedy=f"Nothing was imported. Choose {form} when you download from the bank")


def decode(data: bytes) -> str:
    """The file's text: UTF-8 with or without a mark, UTF-16, otherwise Windows-1252.

    Refuses what ``check_bytes`` does, and text that holds NUL characters.
    """
    check_bytes(data)
    text = _text(data)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise refuse(line, "holds a NUL character, which no bank writes: the file is damaged")
    return text


def first_line(data: bytes) -> str:
    """The first line of a file that is not blank, as far as its beginning can be read; for telling what file it is."""
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", errors="ignore")
    else:
        text = head.decode(_halves(head) or "utf-8-sig", errors="ignore")
    return next((line for line in text.splitlines() if line.strip()), "").strip()


def _text(data: bytes) -> str:
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        if half := _halves(data):
            return data.decode(half)
    except UnicodeDecodeError:
        raise refuse(None, "The file is cut short in the middle of a character") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(line, "holds a byte that is no letter in any encoding a bank uses") from None


def _halves(data: bytes) -> str | None:
    """UTF-16 without its mark: of the first characters every other byte is nought."""
    head = data[:64]
    if len(head) >= 8 and not any(head[1::2]) and all(head[0::2]):
        return "utf-16-le"
    if len(head) >= 8 and not any(head[0::2]) and all(head[1::2]):
        return "utf-16-be"
    return None


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The file's rows with the number of the line each begins on; blank lines are passed over.

    Refuses a quotation mark that is never closed and a cell that runs over several lines.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise refuse(first, "is cut short: a quotation mark opens in it and is never closed properly") from None
        if reader.line_num > first or any("\n" in cell or "\r" in cell for cell in row):
            raise refuse(first, "runs over several lines: a quotation mark in it is not closed")
        if any(cell.strip() for cell in row):
            yield first, row


def day(cell: str, line: int) -> date:
    """A day written DD/MM/YYYY. Refuses any other form and days that do not exist."""
    match = _DATE.fullmatch(cell.strip())
    if not match:
        raise refuse(line, f"has “{_short(cell)}” where the date should be, like 31/03/2027")
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise refuse(line, f"is dated {match[0]}, which is not a day of the calendar") from None


def pence(cell: str, line: int, *, what: str) -> int:
    """Pence from pounds with at most two decimals. Refuses a tenth of a penny, a formula, an empty cell."""
    try:
        return Money.parse(cell, what=what).pence
    except WrongInput:
        raise refuse(line, f"has “{_short(cell)}” as its {what.lower()}, which is not pounds and pence") from None


def words(cell: str, line: int, *, limit: int = DESCRIPTION_LIMIT) -> str:
    """Text of a cell, collapsed; control characters become spaces. What looks like a formula is kept as text."""
    text = " ".join(_CONTROL.sub(" ", cell).split())
    if len(text) > limit:
        raise refuse(line, f"has {len(text)} characters of text in one cell, more than any bank writes")
    return text


def _short(cell: str) -> str:
    text = _CONTROL.sub(" ", cell).strip()
    return text if len(text) <= 40 else f"{text[:40]}…"


def oldest_first(lines: Sequence[ParsedLine]) -> list[ParsedLine]:
    """The lines in date order, whichever way round the file is, every balance proven.

    Lines of one day are ordered by the direction of the file in which the balances tie; where both do (one line, or
    two that cancel out) the dates decide, then newest first, as the bank writes. Refuses the first break and names it.
    """
    forward, backward = list(lines), list(reversed(lines))
    breaks = {True: _broken(backward), False: _broken(forward)}
    newest_first = lines[0].on >= lines[-1].on
    if lines[0].on == lines[-1].on and breaks[True] and not breaks[False]:
        newest_first = False
    ordered = backward if newest_first else forward
    if found := breaks[newest_first]:
        raise _break(*found)
    return ordered


def _broken(ordered: Sequence[ParsedLine]) -> tuple[ParsedLine, ParsedLine] | None:
    """The first pair, in the order of the file, that is out of date order or whose balances do not tie."""
    pairs = itertools.pairwise(ordered)
    bad = [
        pair
        for pair in pairs
        if pair[1].on < pair[0].on or pair[0].balance_pence + pair[1].pence != pair[1].balance_pence
    ]
    return min(bad, key=lambda pair: min(pair[0].line, pair[1].line), default=None)


def _break(before: ParsedLine, after: ParsedLine) -> StatementRefused:
    if after.on < before.on:
        return refuse(
            after.line,
            f"is dated {after.on:%-d %B %Y} but line {before.line}, {before.on:%-d %B %Y}: out of date order",
        )
    sign = "+" if after.pence >= 0 else "−"
    due = before.balance_pence + after.pence
    return refuse(
        after.line,
        f"does not follow from line {before.line}: {Money(before.balance_pence)} {sign} {Money(abs(after.pence))} is"
        f" {Money(due)}, but its balance is {Money(after.balance_pence)}. A line between them is missing or changed",
    )


def fingerprints(lines: Sequence[ParsedLine]) -> list[str]:
    """What makes each line itself, for ever: day, kind, description, signed pence, the running balance after it, and
    its ordinal among lines of the file that are alike in all of these. The bank's reference, where it gives one, stands
    for kind, description and balance; where it gives neither, only the ordinal tells.

    Two identical payments on one day have different balances, or, where the money went out again in between, different
    ordinals; the same line in an overlapping file has the same fingerprint.
    """
    seen: dict[str, int] = {}
    made = []
    for line in lines:
        facts = facts_of(line)
        seen[facts] = seen.get(facts, 0) + 1
        made.append(fingerprint(facts, seen[facts]))
    return made


def facts_of(line: ParsedLine) -> str:
    """All that tells a line from others but its ordinal."""
    if line.mark:
        return "\x1f".join([line.on.isoformat(), str(line.pence), line.mark])
    told = str(line.balance_pence) if line.mark is None else ""
    return "\x1f".join([line.on.isoformat(), line.kind, line.description, str(line.pence), told])


def fingerprint(facts: str, ordinal: int) -> str:
    """One line's fingerprint from its facts and its ordinal among lines alike in them, counted from 1."""
    return hashlib.sha256(f"{facts}\x1f{ordinal}".encode()).hexdigest()
