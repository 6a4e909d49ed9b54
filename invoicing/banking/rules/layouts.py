"""The forms of bank file that can be read. A new one is a module with ``parse`` and one line here."""

from dataclasses import dataclass
from typing import Protocol

from invoicing.banking.rules import barclays, camt053, lloyds, table
from invoicing.banking.rules.reading import ParsedStatement, first_line, refuse


class Parse(Protocol):
    """Bytes to a whole statement, or StatementRefused."""

    def __call__(self, data: bytes, *, sort_code: str = "", account_number: str = "") -> ParsedStatement: ...


@dataclass(frozen=True)
class Layout:
    """One form of file: its name in the database, its name for people, its parser and, of a CSV file, the header."""

    name: str
    label: str
    parse: Parse
    header: tuple[str, ...] = ()


_ALL = (
    Layout(lloyds.NAME, "Lloyds Bank, CSV", lloyds.parse, lloyds.HEADER),
    Layout(barclays.NAME, "Barclays, CSV", barclays.parse, barclays.HEADER),
    Layout(camt053.NAME, "Any bank, CAMT.053", camt053.parse),
)
PARSERS: dict[str, Parse] = {layout.name: layout.parse for layout in _ALL}
LABELS = {layout.name: layout.label for layout in _ALL}
LAYOUTS = list(LABELS.items())
WITHOUT_BALANCES = frozenset({barclays.NAME})


def recognised(data: bytes) -> str | None:
    """The name of the layout that the beginning of the file shows, whatever the file is called; None for none."""
    line = first_line(data)
    if line.startswith("<"):
        return camt053.NAME
    cells = [cell.strip().strip('"') for cell in line.split(",")]
    return next((layout.name for layout in _ALL if layout.header and table.is_header(cells, layout.header)), None)


def read(
    data: bytes, *, layout: str, account_name: str = "This account", sort_code: str = "", account_number: str = ""
) -> ParsedStatement:
    """Reads a file by what it is, for an account whose bank gives files of ``layout``.

    CAMT.053 names its account by its number, so it is taken for an account at any bank. Refuses a file of another bank in
    a plain sentence, and what is none of the forms as the account's own parser does.
    """
    found = recognised(data) or layout
    if found not in (layout, camt053.NAME):
        also = "" if layout == camt053.NAME else " or CAMT.053"
        raise refuse(
            None,
            f"The file is of another bank ({LABELS[found]}): {account_name} takes {LABELS[layout]}{also}",
            remedy="Nothing was imported. Choose the account that the file belongs to, or the other file",
        )
    return PARSERS[found](data, sort_code=sort_code, account_number=account_number)
