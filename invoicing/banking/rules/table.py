"""What the banks' CSV files have in common: a header, columns, and the account that each line belongs to."""

from collections.abc import Sequence

from invoicing.banking.rules.reading import refuse

_WRONG_FILE = "Nothing was imported. Choose the file that the bank gave, before it was opened in a spreadsheet"
_WRONG_ACCOUNT = "Nothing was imported. Choose the account that the file belongs to, or the other file"


def is_header(row: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row is the header, in capitals or not, with or without a comma after its last column."""
    found = [cell.strip().lower() for cell in row]
    if len(found) == len(header) + 1 and not found[-1]:
        found.pop()
    return found == [name.lower() for name in header]


def check_header(row: Sequence[str], header: Sequence[str], *, bank: str) -> None:
    """Refuses a file whose first row is not the header of the bank."""
    if not is_header(row, header):
        what = f"is not the header of a {bank} download, which is {','.join(header)}"
        raise refuse(1, what, remedy=_WRONG_FILE)


def cells(row: list[str], number: int, columns: int) -> list[str]:
    """The row's cells without an empty one after the last. Refuses a line with a column too few or too many."""
    if len(row) == columns + 1 and not row[-1].strip():
        row = row[:-1]
    if len(row) < columns:
        raise refuse(number, f"is cut short: it has {len(row)} of {columns} columns")
    if len(row) > columns:
        raise refuse(number, f"has {len(row)} columns instead of {columns}")
    return row


def digits(cell: str, length: int) -> str:
    """The digits of a sort code or account number; noughts that a spreadsheet dropped are put back."""
    found = "".join(char for char in cell if char in "0123456789")
    return found.zfill(length) if found else ""


def check_owner(found: tuple[str, str], own: tuple[str, str], number: int | None) -> None:
    """Refuses a sort code or account number that is not the account's own, where it has one."""
    for theirs, ours, what in zip(found, own, ("sort code", "account number"), strict=True):
        if ours and theirs != ours:
            told = f"has the {what} {theirs or '(empty)'}, but this account's is {ours}"
            raise refuse(number, told if number else f"The file {told}", remedy=_WRONG_ACCOUNT)
