"""Reading the file of an opening position: sections of a CSV, as any spreadsheet saves it. No database, no clock.

A section begins with its name in square brackets; the line after it names its columns; a blank line or the next
section ends it. Amounts are pounds, dates day/month/year, the last day of a service counts with it.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line

LIMIT_BYTES = 5_000_000
MOST_PROBLEMS = 50
_DAYS = ("%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y")


class BalanceRow(NamedTuple):
    """One account of the old trial balance; a debit has positive pence."""

    line: int
    account: str
    pence: int
    stream: str


class InvoiceRow(NamedTuple):
    """An invoice that is not wholly paid. ``outstanding_pence`` is what is taken over."""

    line: int
    customer: str
    number: str
    dated_on: date
    due_on: date
    gross_pence: int
    outstanding_pence: int


class DeferredRow(NamedTuple):
    """Income invoiced and not earned yet; ``service_to`` is the last day of the service."""

    line: int
    customer: str
    description: str
    service_from: date
    service_to: date
    pence: int
    account: str
    stream: str


class PlacesRow(NamedTuple):
    """Places a customer has left: a note."""

    line: int
    customer: str
    offer: str
    places: int


class CreditRow(NamedTuple):
    """Money on a customer's account."""

    line: int
    customer: str
    reference: str
    dated_on: date
    pence: int


class OwedRow(NamedTuple):
    """A supplier's invoice that is not wholly paid."""

    line: int
    supplier: str
    number: str
    dated_on: date
    due_on: date
    outstanding_pence: int


@dataclass
class OpeningFile:
    """What the file says, section by section, and what of it cannot be read."""

    balances: list[BalanceRow] = field(default_factory=list)
    invoices: list[InvoiceRow] = field(default_factory=list)
    deferred: list[DeferredRow] = field(default_factory=list)
    places: list[PlacesRow] = field(default_factory=list)
    credits: list[CreditRow] = field(default_factory=list)
    owed: list[OwedRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def _text(value: str, what: str) -> str:
    return clean_line(value, what=what, limit=200)


def _pounds(value: str, what: str) -> int:
    pence = Money.parse(value, what=what).pence
    if pence <= 0:
        raise WrongInput(f"{what} must be more than £0.00")
    return pence


def _pounds_or_none(value: str, what: str) -> int:
    pence = Money.parse(value, what=what).pence if value.strip() else 0
    if pence < 0:
        raise WrongInput(f"{what} must not be below £0.00. Put it into the other column")
    return pence


def _day(value: str, what: str) -> date:
    for form in _DAYS:
        try:
            found = datetime.strptime(value.strip(), form).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
        if 1990 <= found.year <= 2100:
            return found
    raise WrongInput(f"{what} must be a date, like 31/8/2026")


def _count(value: str, what: str) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 1_000_000 and len(text) < 8):
        raise WrongInput(f"{what} must be a whole number, like 3")
    return int(text)


def _balance(line: int, row: Mapping[str, Any]) -> BalanceRow:
    if row["debit"] and row["credit"]:
        raise WrongInput("An account has a debit or a credit, not both")
    return BalanceRow(line, row["account"], row["debit"] - row["credit"], row["stream"])


Column = tuple[str, Callable[[str, str], Any]]
Maker = Callable[[int, Mapping[str, Any]], Any]


def _named(kind: type[Any]) -> Maker:
    return lambda line, row: kind(line=line, **row)


def _any(value: str, what: str) -> str:
    return clean_line(value, what=what, limit=200, required=False)


# Name of a section → (the list it fills, its columns in the file → (name, reader), how a row is made).
SECTIONS: dict[str, tuple[str, dict[str, Column], Maker]] = {
    "trial balance": (
        "balances",
        {
            "account": ("account", _text),
            "debit": ("debit", _pounds_or_none),
            "credit": ("credit", _pounds_or_none),
            "stream": ("stream", _any),
        },
        _balance,
    ),
    "open invoices": (
        "invoices",
        {
            "customer": ("customer", _text),
            "number": ("number", _text),
            "date": ("dated_on", _day),
            "due": ("due_on", _day),
            "gross": ("gross_pence", _pounds),
            "outstanding": ("outstanding_pence", _pounds),
        },
        _named(InvoiceRow),
    ),
    "deferred income": (
        "deferred",
        {
            "customer": ("customer", _text),
            "description": ("description", _text),
            "from": ("service_from", _day),
            "to": ("service_to", _day),
            "amount": ("pence", _pounds),
            "account": ("account", _text),
            "stream": ("stream", _text),
        },
        _named(DeferredRow),
    ),
    "places left": (
        "places",
        {"customer": ("customer", _text), "offer": ("offer", _text), "count": ("places", _count)},
        _named(PlacesRow),
    ),
    "credits": (
        "credits",
        {
            "customer": ("customer", _text),
            "reference": ("reference", _text),
            "date": ("dated_on", _day),
            "amount": ("pence", _pounds),
        },
        _named(CreditRow),
    ),
    "unpaid purchases": (
        "owed",
        {
            "supplier": ("supplier", _text),
            "number": ("number", _text),
            "date": ("dated_on", _day),
            "due": ("due_on", _day),
            "outstanding": ("outstanding_pence", _pounds),
        },
        _named(OwedRow),
    ),
}
_OPTIONAL = {"stream"}


def decode(data: bytes) -> str:
    """The file's text: UTF-8 with or without its mark, or Windows-1252. Refuses what is too large or no text."""
    if len(data) > LIMIT_BYTES:
        raise WrongInput("The file must be smaller than 5 MB. Take over open items only, not history")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise WrongInput("The file must be a CSV file. Save the sheet as CSV (UTF-8) and choose it again")


def read(text: str) -> OpeningFile:
    """The file's rows; what cannot be read is told line by line in ``problems``."""
    found, section = OpeningFile(), ""
    columns: list[str] = []
    for line, cells in _lines(text, found):
        name = cells[0].strip().lower()
        if name.startswith("[") and name.endswith("]") and not any(cell.strip() for cell in cells[1:]):
            section, columns = name[1:-1].strip(), []
            if section not in SECTIONS:
                found.problems.append(f"Line {line}: there is no section [{section}]. {_known()}")
                section = ""
        elif section and not columns:
            columns = [cell.strip().lower() for cell in cells]
            found.problems += _columns_missing(line, section, columns)
        elif section:
            _row(found, section, columns, line, cells)
        elif not found.problems:
            found.problems.append(f"Line {line}: the file must begin with a section. {_known()}")
    return found


def _lines(text: str, found: OpeningFile) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        found.problems.append(f"Line {reader.line_num}: a quotation mark is not closed. Save the sheet again")


def _known() -> str:
    return f"Sections are {', '.join(f'[{name}]' for name in SECTIONS)}"


def _columns_missing(line: int, section: str, columns: Sequence[str]) -> list[str]:
    wanted = [name for name in SECTIONS[section][1] if name not in columns and name not in _OPTIONAL | {""}]
    wanted += ["stream"] if section == "deferred income" and "stream" not in columns else []
    if not wanted:
        return []
    return [f"Line {line}: [{section}] must have the columns {', '.join(SECTIONS[section][1])}; {wanted[0]} is missing"]


def _row(found: OpeningFile, section: str, columns: Sequence[str], line: int, cells: Sequence[str]) -> None:
    into, wanted, make = SECTIONS[section]
    given = dict(zip(columns, cells, strict=False))
    if not set(wanted) - _OPTIONAL <= set(columns):
        return  # told once, at the line that names the columns
    try:
        values = {name: read(given.get(column, ""), column.capitalize()) for column, (name, read) in wanted.items()}
        getattr(found, into).append(make(line, values))
    except WrongInput as error:
        found.problems.append(f"Line {line}: {error.message[0].lower()}{error.message[1:]}")
