"""Reading a CSV as spreadsheets save it: any usual encoding and separator, every mistake with its line and column."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

LIMIT_BYTES = 2_000_000
MOST_ROWS = 5_000
MOST_PROBLEMS = 100
CELL_LIMIT = 20_000
_DAYS = ("%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d-%m-%Y")
_RUN_BY_SPREADSHEETS = "=+-@\t\r"


class WrongSheet(WrongInput):
    """A file that is no sheet of the catalogue."""

    code = "wrong_sheet"


@dataclass(frozen=True)
class Problem:
    """One mistake: where, what was written there and what to do. ``column`` is empty where the whole line is meant."""

    line: int
    column: str
    written: str
    message: str

    @property
    def sentence(self) -> str:
        """ "Line 4, places: “many”. Places must be a whole number"."""
        where = f"Line {self.line}" + (f", {self.column}" if self.column else "")
        shown = self.written if len(self.written) <= 40 else f"{self.written[:39]}…"
        return f"{where}: “{shown}”. {self.message}" if shown else f"{where}: {self.message}"


class CellWrong(WrongInput):
    """A cell that cannot be read; ``column`` names it."""

    code = "wrong_cell"

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Line:
    """A line of the file with its cells by column; a column that the file has not is absent."""

    number: int
    cells: Mapping[str, str]

    def has(self, column: str) -> bool:
        return column in self.cells

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str], Any]) -> Any:
        """The cell by its reader, or CellWrong with the column."""
        try:
            return reader(self.text(column))
        except WrongInput as error:
            raise CellWrong(column, error.message) from None


def decode(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, or Windows-1252. Refuses what is too large, empty or no text."""
    if len(data) > LIMIT_BYTES:
        raise WrongSheet("The file must be smaller than 2 MB. Divide it into several")
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and text.strip():
            return text
    raise WrongSheet("The file must be a CSV file with text. Save the sheet as CSV (UTF-8) and choose it again")


def read(text: str) -> tuple[list[str], list[Line], list[Problem]]:
    """The columns, the lines, and what of them cannot be read."""
    if text.lower().startswith("sep="):
        text = text.partition("\n")[2]
        skipped = 1
    else:
        skipped = 0
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    columns: list[str] = []
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, cells in _cells(text, separator, skipped):
        if not columns:
            columns = ["_".join(cell.strip().lower().split()) for cell in cells]
            if repeated := next((name for name in columns if name and columns.count(name) > 1), ""):
                raise WrongSheet(f"Line 1: the column {repeated} stands twice. Remove one of them")
            continue
        if len(cells) > len(columns):
            problems.append(Problem(number, "", "", "There are more cells than columns. Is a comma outside quotes?"))
            continue
        formula = next((at for at, cell in enumerate(cells) if cell.lstrip()[:1] == "="), None)
        if formula is not None:
            words = f"{columns[formula].replace('_', ' ').capitalize()} must not be a formula. Write its value"
            problems.append(Problem(number, columns[formula], cells[formula].strip(), words))
            continue
        lines.append(Line(number, {name: _plain(cell) for name, cell in zip(columns, cells, strict=False) if name}))
        if len(lines) > MOST_ROWS:
            raise WrongSheet(f"The file must have {MOST_ROWS:,} lines or fewer. Divide it into several")
    return [name for name in columns if name], lines, problems


def _cells(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each line that has something, with its number in the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins + skipped, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise WrongSheet(f"Line {begins + skipped}: a quotation mark is not closed. Save the sheet again") from None


def _plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _RUN_BY_SPREADSHEETS else cell


def text_of(what: str, limit: int, *, required: bool = False) -> Callable[[str], str]:
    """A reader of one line of text."""

    def reader(value: str) -> str:
        if required and not value:
            raise WrongInput(f"Enter the {what if what[:2].isupper() else what.lower()}")
        return clean_line(value, what=what, limit=limit, required=required)

    return reader


def day_of(what: str) -> Callable[[str], date | None]:
    """A reader of a date, day first; an empty cell is None."""

    def reader(value: str) -> date | None:
        for form in _DAYS if value else ():
            try:
                found = datetime.strptime(value, form).date()  # noqa: DTZ007  a day, no moment
            except ValueError:
                continue
            if 1990 <= found.year <= 2200:
                return found
        if value:
            raise WrongInput(f"{what} must be a date, like 31/8/2027")
        return None

    return reader


def number_of(what: str, most: int) -> Callable[[str], int | None]:
    """A reader of a whole number from 0 to ``most``; an empty cell is None."""

    def reader(value: str) -> int | None:
        if not value:
            return None
        plain = value.replace(",", "").removesuffix(".0")
        if not (plain.isascii() and plain.isdigit() and len(plain) < 10 and int(plain) <= most):
            raise WrongInput(f"{what} must be a whole number from 0 to {most:,}")
        return int(plain)

    return reader


def one_of(what: str, known: Mapping[str, Any] | list[str]) -> Callable[[str], str]:
    """A reader of one of several codes, in small letters; spaces and hyphens count as underscores where they must."""

    def reader(value: str) -> str:
        for code in (value.lower(), value.lower().replace(" ", "_").replace("-", "_"), value.upper()):
            if code in known:
                return code
        raise WrongInput(f"{what} must be one of {', '.join(code for code in known if code)}")

    return reader


def list_of(value: str) -> list[str]:
    """Words separated by semicolons or new lines."""
    return [word for part in value.replace("\n", ";").split(";") if (word := " ".join(part.split()))]
