"""Reading the register's CSV files: their encoding, header, lines and cells, and what is refused.

The register (Get Information about Schools, Department for Education) publishes cp1252; files that passed
through a spreadsheet come as UTF-8. A file is taken as UTF-8 when all of it is valid UTF-8, otherwise as
cp1252: text in cp1252 with an accent or a curly quote is practically never valid UTF-8. Dates are day, month,
year.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

if TYPE_CHECKING:
    from _csv import Reader

Record = TypeVar("Record")

_DATE = re.compile(r"(\d{2})[-/](\d{2})[-/](\d{4})")
_CHUNK = 1 << 20


class NotARegisterFile(WrongInput):
    """The file as a whole cannot be read as one of the register's. Nothing of it has been written."""

    code = "not_a_register_file"


class RowRefused(Exception):
    """One line cannot be accepted; the text says which cell and why."""


@dataclass(frozen=True)
class Refusal:
    """A line left out, numbered as an editor numbers it (the header is line 1), and why."""

    line: int
    reason: str
    file: str = ""  # empty for the schools' file, otherwise "groups" or "links"

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.reason}".lstrip()


def plain_heading(heading: str) -> str:
    """One spelling for the two of the groups file: ``Group Type (code)`` and ``group_type__code_``."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


@dataclass
class Cells:
    """The cells of one line by column name. An absent column is None, an empty cell an empty text."""

    columns: dict[str, int]
    values: list[str] = field(default_factory=list)

    def raw(self, column: str) -> str | None:
        position = self.columns.get(column)
        return None if position is None else self.values[position].strip()

    def text(self, column: str, *, limit: int = 200, required: bool = False) -> str | None:
        """Collapsed text. Refuses control characters, more than ``limit``, and nothing when required."""
        value = self.raw(column)
        if value is None:
            return None
        if not value.isascii() or not value.isprintable() or "  " in value or len(value) > limit:
            try:
                value = clean_line(value, what=column, limit=limit, required=False)
            except WrongInput as error:
                raise RowRefused(error.message.partition(". ")[0]) from None
        if required and not value:
            raise RowRefused(f"{column} is empty")
        return value

    def code(self, column: str, *, longest: int, shortest: int = 1, required: bool = False) -> str | None:
        """Digits kept as text, leading zeros included."""
        value = self.raw(column)
        if not value:
            if required:
                raise RowRefused(f"{column} is empty")
            return value
        if not (value.isascii() and value.isdigit() and shortest <= len(value) <= longest):
            digits = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
            raise RowRefused(f"{column} must be {digits} digits, not {_quoted(value)}")
        return value

    def number(self, column: str, *, largest: int) -> int | None:
        """A whole number from 0 to ``largest``, or None for an empty or absent cell."""
        value = self.raw(column)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= largest):
            raise RowRefused(f"{column} must be a whole number up to {largest:,}, not {_quoted(value)}")
        return int(value)

    def day(self, column: str) -> date | None:
        """A date written dd-mm-yyyy or dd/mm/yyyy, or None for an empty or absent cell."""
        value = self.raw(column)
        if not value:
            return None
        day = _day(value)
        if day is None:
            raise RowRefused(f"{column} {_quoted(value)} is not a date of the calendar written like 31-08-2026")
        return day


@lru_cache(maxsize=4096)
def _day(value: str) -> date | None:
    match = _DATE.fullmatch(value)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:  # 29 February of a common year
        return None


def _quoted(value: str) -> str:
    printable = "".join(char if char.isprintable() else "?" for char in value[:40])
    return f"“{printable}”"


@dataclass
class Table:
    """An open CSV file whose header has been checked."""

    path: Path
    cells: Cells
    width: int
    reader: "Reader"
    file: str

    def records(self, parse: Callable[[int, Cells], Record | None], refusals: list[Refusal]) -> Iterator[Record]:
        """The parsed lines in order, one at a time. Refused lines join ``refusals``; None is passed over.

        Raises NotARegisterFile where the lines themselves cannot be told apart (a quotation mark out of
        place).
        """
        line = self.reader.line_num + 1
        while (values := self._next(line)) is not None:
            if values:
                try:
                    record = self._parse(parse, line, values)
                except RowRefused as refused:
                    refusals.append(Refusal(line, str(refused), self.file))
                else:
                    if record is not None:
                        yield record
            line = self.reader.line_num + 1

    def _parse(self, parse: Callable[[int, Cells], Record | None], line: int, values: list[str]) -> Record | None:
        if len(values) != self.width:
            if self.reader.line_num > line:
                raise NotARegisterFile(
                    f"{self.path.name} cannot be read: a quotation mark opened on line"
                    f" {line} is closed in the wrong"
                    f" place, on line {self.reader.line_num}. Download the file again, and do not edit it."
                )
            raise RowRefused(f"it has {len(values)} cells instead of {self.width}")
        self.cells.values = values
        return parse(line, self.cells)

    def _next(self, line: int) -> list[str] | None:
        try:
            return next(self.reader, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise NotARegisterFile(
                    f"{self.path.name} is cut off: it ends inside the quoted cell that opens on line {line}."
                    " Download the file again."
                ) from None
            raise NotARegisterFile(
                f"{self.path.name} cannot be read at line {line}: {error}. Download the file again, and do not edit it."
            ) from None


@contextmanager
def opened(
    path: Path,
    *,
    what: str,
    required: Sequence[str],
    file: str = "",
    heading: Callable[[str], str] = str.strip,
) -> Iterator[Table]:
    """The file with its header checked. Raises NotARegisterFile naming every column that is missing."""
    try:
        encoding = encoding_of(path, what=what)
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            try:
                header = next(reader, [])
            except csv.Error as error:
                raise NotARegisterFile(f"{path.name} is not {what}: its first line cannot be read ({error}).") from None
            columns = {heading(name): position for position, name in reversed(list(enumerate(header)))}
            missing = [name for name in required if name not in columns]
            if missing:
                word = "column is" if len(missing) == 1 else "columns are"
                raise NotARegisterFile(f"{path.name} is not {what}: the {word} missing: {', '.join(missing)}.")
            yield Table(path, Cells(columns), len(header), reader, file)
    except OSError as error:
        raise NotARegisterFile(f"{path} cannot be opened: {error.strerror}. Check the name of the file.") from None


def encoding_of(path: Path, *, what: str) -> str:
    """``utf-8-sig`` or ``cp1252``. Raises NotARegisterFile for an empty file and for one that is not text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, empty, first_line = "utf-8-sig", True, b""
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            if empty:
                first_line = chunk.partition(b"\n")[0]
            empty = empty and not chunk.strip()
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
                break
        else:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                encoding = "cp1252"
    if empty:
        raise NotARegisterFile(f"{path.name} is empty, so it is not {what}. Download the file again.")
    if b"\0" in first_line:
        raise NotARegisterFile(
            f"{path.name} is not {what}: it is not a CSV text file. Download the CSV"
            " file, not a spreadsheet or zip file."
        )
    return encoding
