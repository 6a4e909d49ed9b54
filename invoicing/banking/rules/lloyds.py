"""Lloyds Bank's CSV download, retail and business.

``Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance``
with dates DD/MM/YYYY, newest line first, the sort code behind an apostrophe, debit and credit in columns of their own
and both positive, and in some exports a comma after the header's or each line's last column.
"""

from invoicing.banking.rules import reading, table
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse

NAME = "lloyds"
HEADER = (
    "Transaction Date",
    "Transaction Type",
    "Sort Code",
    "Account Number",
    "Transaction Description",
    "Debit Amount",
    "Credit Amount",
    "Balance",
)
_COLUMNS = len(HEADER)
_KIND_LIMIT = 20


def parse(data: bytes, *, sort_code: str = "", account_number: str = "") -> ParsedStatement:
    """The whole file, oldest line first, or StatementRefused naming the line.

    ``sort_code`` and ``account_number``, where given, are the account's own: a file of another account is refused, as is
    one that holds several accounts, no transaction, a line with a column too few or too many, an amount that is not
    pounds and pence, or balances that do not tie line by line.
    """
    text = reading.decode(data)
    rows = list(reading.rows(text))
    table.check_header(rows[0][1] if rows else [], HEADER, bank="Lloyds")
    if len(rows) == 1:
        raise refuse(None, "The file has a header and no transactions")
    complete = text.endswith(("\n", "\r"))
    lines, owner = [], ("", "")
    for index, (number, row) in enumerate(rows[1:]):
        cells = table.cells(row, number, _COLUMNS)
        if not complete and index == len(rows) - 2:
            _check_whole(cells, number)
        account = (table.digits(cells[2], 6), table.digits(cells[3], 8))
        if index == 0:
            owner = account
            table.check_owner(account, (table.digits(sort_code, 6), table.digits(account_number, 8)), number)
        elif account != owner:
            raise refuse(
                number, f"belongs to another account ({cells[2].strip()} {cells[3].strip()}) than the lines before"
            )
        lines.append(_line(cells, number))
    ordered = reading.oldest_first(lines)
    return ParsedStatement(
        lines=tuple(ordered),
        opening_pence=ordered[0].balance_pence - ordered[0].pence,
        closing_pence=ordered[-1].balance_pence,
        read=len(lines),
        accepted=len(lines),
        refused=0,
        sort_code=owner[0],
        account_number=owner[1],
        layout=NAME,
    )


def _check_whole(cells: list[str], number: int) -> None:
    """A last line without a line end may have lost the end of its balance: only whole pence show that it has not."""
    if cells[7].strip()[-3:-2] != ".":
        raise refuse(number, "is cut short: its balance ends before the pence")


def _line(cells: list[str], number: int) -> ParsedLine:
    debit = _amount(cells[5], number, what="Debit")
    credit = _amount(cells[6], number, what="Credit")
    if debit and credit:
        raise refuse(number, "has both a debit and a credit")
    if not debit and not credit:
        raise refuse(number, "has neither a debit nor a credit")
    if not cells[7].strip():
        raise refuse(number, "is cut short: it has no balance")
    return ParsedLine(
        line=number,
        on=reading.day(cells[0], number),
        kind=reading.words(cells[1], number, limit=_KIND_LIMIT),
        description=reading.words(cells[4], number),
        pence=credit - debit,
        balance_pence=reading.pence(cells[7], number, what="Balance"),
    )


def _amount(cell: str, number: int, *, what: str) -> int:
    """Pence of a debit or credit cell; an empty one is nought. Refuses a negative amount: each has its own column."""
    if not cell.strip():
        return 0
    amount = reading.pence(cell, number, what=what)
    if amount < 0:
        raise refuse(number, f"has a negative {what.lower()}")
    return amount
