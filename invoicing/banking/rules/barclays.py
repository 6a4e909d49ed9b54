"""Barclays' CSV download.

``Number,Date,Account,Amount,Subcategory,Memo`` with dates DD/MM/YYYY, newest line first, sort code and account number in
one column, one signed amount, and a memo padded with spaces. It has neither balances nor references: what tells two
equal lines of a day apart is only that there are two of them.
"""

from datetime import date

from invoicing.banking.rules import reading, table
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse

NAME = "barclays"
HEADER = ("Number", "Date", "Account", "Amount", "Subcategory", "Memo")
_COLUMNS = len(HEADER)
_KIND_LIMIT = 20
_ACCOUNT_DIGITS = 14  # six of the sort code, eight of the account number


def parse(data: bytes, *, sort_code: str = "", account_number: str = "") -> ParsedStatement:
    """The whole file, oldest line first, or StatementRefused naming the line.

    The opening balance stands at nought, as the file states none. ``sort_code`` and ``account_number``, where given, are
    the account's own. Refused are a file of another or of several accounts, one without transactions, out of date order
    or whose last line does not end, and a line with a column too few or too many or an amount that is not pounds and
    pence.
    """
    text = reading.decode(data)
    rows = list(reading.rows(text))
    table.check_header(rows[0][1] if rows else [], HEADER, bank="Barclays")
    if len(rows) == 1:
        raise refuse(None, "The file has a header and no transactions")
    lines, owner = [], ("", "")
    for index, (number, row) in enumerate(rows[1:]):
        cells = table.cells(row, number, _COLUMNS)
        account = _account(cells[2], number)
        if index == 0:
            owner = account
            table.check_owner(account, (table.digits(sort_code, 6), table.digits(account_number, 8)), number)
        elif account != owner:
            raise refuse(number, f"belongs to another account ({cells[2].strip()}) than the lines before")
        lines.append(_line(cells, number))
    _check_whole(text, rows[-1][0])
    ordered = _oldest_first(lines)
    return ParsedStatement(
        lines=tuple(ordered),
        opening_pence=0,
        closing_pence=sum(line.pence for line in ordered),
        read=len(lines),
        accepted=len(lines),
        refused=0,
        sort_code=owner[0],
        account_number=owner[1],
        layout=NAME,
        balances_stated=False,
    )


def _check_whole(text: str, number: int) -> None:
    """The memo stands last and may be any text: only the end of the line shows that it was not cut."""
    if not text.endswith(("\n", "\r")):
        raise refuse(
            number,
            "may be cut short: it is the last and has no line end",
            remedy="Nothing was imported. Download the file again from the bank; if it ends in the same way there, add"
            " an empty line at its end",
        )


def _account(cell: str, number: int) -> tuple[str, str]:
    found = "".join(char for char in cell if char in "0123456789")
    if len(found) != _ACCOUNT_DIGITS:
        raise refuse(number, f"has “{cell.strip()[:40]}” as its account, which is not a sort code and account number")
    return found[:6], found[6:]


def _line(cells: list[str], number: int) -> ParsedLine:
    amount = reading.pence(cells[3], number, what="Amount")
    if not amount:
        raise refuse(number, "has an amount of nought")
    cheque = reading.words(cells[0], number, limit=_KIND_LIMIT)
    memo = reading.words(cells[5], number, limit=reading.DESCRIPTION_LIMIT - _KIND_LIMIT - 1)
    return ParsedLine(
        line=number,
        on=reading.day(cells[1], number),
        kind=reading.words(cells[4], number, limit=_KIND_LIMIT),
        description=f"{memo} {cheque}".strip(),
        pence=amount,
        balance_pence=0,
        mark="",
    )


def _oldest_first(lines: list[ParsedLine]) -> list[ParsedLine]:
    """Whichever way round the file is; newest first, as the bank writes, when its days do not tell."""
    days = [line.on for line in lines]
    ordered = lines if days[0] < days[-1] else lines[::-1]
    latest = date.min
    for line in ordered:
        if line.on < latest:
            raise refuse(line.line, f"is dated {line.on:%-d %B %Y}, out of date order")
        latest = line.on
    return ordered
