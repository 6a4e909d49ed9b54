"""The catalogue's sheets out and in. A file is taken over whole or not at all; a check keeps nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import ModuleType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalogue.offer_queries import LOOKING
from catalogue.price_queries import require_price_reader
from catalogue.sheets import dates, offers, prices
from catalogue.sheets.reading import MOST_PROBLEMS, CellWrong, Line, Problem, WrongSheet, decode, read
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.text import safe_cell

SHEETS: dict[str, ModuleType] = {sheet.NAME: sheet for sheet in (offers, dates, prices)}
TO = "bring in the catalogue"


class SheetRefused(DomainError):
    """The file has mistakes, so nothing of it was taken over; ``detail`` has a sentence for each."""

    code = "sheet_refused"
    status = 400


@dataclass(frozen=True)
class Report:
    """What a file would do, or did: counts by line, and every mistake. Lines are those of the file."""

    sheet: str
    added: int = 0
    changed: int = 0
    same: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines were good."""
        return self.added + self.changed + self.same


class _Undo(Exception):
    """Rolls back what a check tried."""


def export_sheet(*, sheet: str, actor: Actor) -> str:
    """One sheet as CSV with a heading; no cell is run by a spreadsheet. For those who may change offers."""
    require_price_reader(actor)
    actor.require(*LOOKING, to="take out the catalogue")
    layout = _layout(sheet)
    return written(layout.COLUMNS, layout.rows(actor))


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV with a mark, so that spreadsheets read it as UTF-8."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def check_sheet(*, content: bytes, on: date, actor: Actor) -> Report:
    """What a file would do. Keeps nothing: every line is tried and taken back."""
    actor.require(*LOOKING, to=TO)
    found: list[Report] = []
    try:
        with transaction.atomic():
            found.append(_take(content, on, actor))
            raise _Undo
    except _Undo:
        return found[0]


@transaction.atomic
def import_sheet(*, content: bytes, on: date, actor: Actor) -> Report:
    """Takes a file over, all or nothing. Raises SheetRefused with a sentence for each mistake."""
    actor.require(*LOOKING, to=TO)
    report = _take(content, on, actor)
    if report.problems:
        words = f"The sheet of {report.sheet} has mistakes, so nothing of it was taken over."
        raise SheetRefused(words, detail=[problem.sentence for problem in report.problems])
    events.record(
        kind="catalogue.imported",
        subject_kind="catalogue",
        subject=report.sheet,
        organisation_ids=[],
        payload={"sheet": report.sheet, "added": report.added, "changed": report.changed, "same": report.same},
        actor=actor,
    )
    return report


def _layout(sheet: str) -> ModuleType:
    if sheet not in SHEETS:
        raise WrongSheet(f"There is no sheet of {sheet[:40]}. The sheets are {', '.join(SHEETS)}")
    return SHEETS[sheet]


def _take(content: bytes, on: date, actor: Actor) -> Report:
    """Every line in its own savepoint, so that one mistake does not hide the next."""
    columns, lines, problems = read(decode(content))
    layout = _sheet_of(columns)
    writer = _writer(layout, actor, on)
    counts = {"added": 0, "changed": 0, "same": 0}
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines:
        if len(problems) >= MOST_PROBLEMS:
            break
        try:
            with transaction.atomic():
                counts[_once(writer, line, seen)] += 1
        except CellWrong as error:
            problems.append(Problem(line.number, error.column, line.text(error.column), error.message))
        except DomainError as error:
            problems.append(Problem(line.number, "", "", " ".join([error.message, *error.detail])))
        except ValidationError as error:
            problems.append(Problem(line.number, "", "", " ".join(error.messages)))
    if not lines and not problems:
        problems.append(Problem(1, "", "", "There are no lines under the headings"))
    return Report(layout.NAME, **counts, problems=sorted(problems, key=lambda problem: problem.line))


def _once(writer: Any, line: Line, seen: dict[tuple[Any, ...], int]) -> str:
    key = writer.key(line)
    if key in seen:
        raise CellWrong("", f"The same stands on line {seen[key]} already. Remove one of them")
    seen[key] = line.number
    return str(writer.write(line))


def _sheet_of(columns: Sequence[str]) -> ModuleType:
    """The sheet whose columns these are. Raises WrongSheet where a needed one is missing or one is unknown."""
    known = max(SHEETS.values(), key=lambda layout: len(set(columns) & set(layout.COLUMNS)))
    missing = [name for name in known.NEEDED if name not in columns]
    if missing:
        names = "; ".join(f"{layout.NAME}: {', '.join(layout.NEEDED)}" for layout in SHEETS.values())
        raise WrongSheet(f"Line 1: the column {missing[0]} is missing. Each sheet needs its columns ({names})")
    unknown = [name for name in columns if name not in known.COLUMNS]
    if unknown:
        raise WrongSheet(
            f"Line 1: the sheet of {known.NAME} has no column {unknown[0][:40]}. It has {', '.join(known.COLUMNS)}"
        )
    return known


def _writer(layout: ModuleType, actor: Actor, on: date) -> Any:
    if layout is offers:
        return offers.OfferWriter(actor)
    return dates.DateWriter(actor, on) if layout is dates else prices.PriceWriter(actor)
