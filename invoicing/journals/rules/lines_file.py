"""Reading the lines of a journal from a CSV, as any spreadsheet saves it. No database, no clock.

The first line names the columns, in any order: debit, credit and amount (pounds), and where they are needed stream,
analysis (or description) and fund. Empty lines are passed over.
"""

import csv
import io
from collections.abc import Mapping, Sequence

from invoicing.journals.rules.lines import MOST_LINES, JournalLine
from invoicing.journals.rules.opening_file import decode
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line

MOST_BYTES = 500_000
NEEDED = ("debit", "credit", "amount")
COLUMNS = (*NEEDED, "stream", "analysis", "fund")
_ALSO = {"description": "analysis"}
_LIMIT = {"debit": 10, "credit": 10, "stream": 4, "analysis": 60, "fund": 20}


def read_lines(content: bytes) -> tuple[list[tuple[int, JournalLine]], list[str]]:
    """The journal's lines, each with its line in the file, and what cannot be read: one sentence for each such line."""
    if len(content) > MOST_BYTES:
        return [], ["The file must be smaller than 500 KB. Divide it into several journals"]
    found: list[tuple[int, JournalLine]] = []
    problems: list[str] = []
    columns: list[str] = []
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [_ALSO.get(name, name) for name in (cell.strip().lower() for cell in cells)]
                if problem := _columns_problem(columns):
                    return [], [problem]
                continue
            try:
                found.append(
                    (reader.line_num, _line(dict(zip(columns, cells, strict=False)), len(cells) > len(columns)))
                )
            except WrongInput as error:
                problems.append(f"Line {reader.line_num}: {error.message[0].lower()}{error.message[1:]}")
    except csv.Error:
        return [], [f"Line {reader.line_num}: a quotation mark is not closed. Save the sheet again"]
    if len(found) > MOST_LINES:
        problems.append(
            f"A journal has at most {MOST_LINES} lines, and the file has {len(found):,}. Divide it into several"
        )
    elif not found and not problems:
        problems.append("The file has no lines. Its first line names the columns, and those after it are the journal's")
    return found, problems


def _columns_problem(columns: Sequence[str]) -> str:
    """Why these columns cannot be read, or nothing."""
    known = ", ".join(COLUMNS)
    for name in columns:
        if name and name not in COLUMNS:
            return f"Line 1: there is no column {name[:40]}. The columns are {known}"
        if name and columns.count(name) > 1:
            return f"Line 1: the column {name} stands twice. The columns are {known}"
    missing = [name for name in NEEDED if name not in columns]
    return f"Line 1: the column {missing[0]} is missing. The columns are {known}" if missing else ""


def _line(given: Mapping[str, str], too_long: bool) -> JournalLine:
    if too_long:
        raise WrongInput("There are more cells than columns. An amount with a comma must stand in quotation marks")
    text = {
        name: clean_line(given.get(name, ""), what=name.capitalize(), limit=limit, required=name in NEEDED)
        for name, limit in _LIMIT.items()
    }
    pence = Money.parse(given.get("amount", ""), what="Amount").pence
    if pence <= 0:
        raise WrongInput("Amount must be more than £0.00. To turn a line round, exchange debit and credit")
    return JournalLine(text["debit"], text["credit"], pence, text["stream"], text["analysis"], text["fund"])
