"""Balances where a file has none of its own, and the balance that a person read at the bank."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import replace

from invoicing.banking.models import BankStatement
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse
from marketplace.core.money import Money

Marked = tuple[ParsedLine, str]


def with_balances(
    parsed: ParsedStatement,
    marked: Sequence[Marked],
    known: Collection[str],
    statements: Sequence[BankStatement],
    *,
    closing_pence: int | None,
    ledger_pence: int,
) -> tuple[ParsedStatement, list[Marked]]:
    """The statement with its opening and closing balance, and its lines in order with the balance after each.

    What the file states stands. Otherwise the closing follows from the statements imported before or after, or, for the
    first, from the ledger. ``closing_pence`` is what a person read at the bank: refused when it contradicts the file, or
    statements that the file meets without a day between; where days lie between, it shows that something is missing.
    """
    if parsed.balances_stated:
        if closing_pence is not None and closing_pence != parsed.closing_pence:
            raise _contradiction(closing_pence, parsed.closing_pence, "the file closes at")
    else:
        parsed = _reckoned(parsed, marked, known, statements, closing_pence, ledger_pence)
    if all(line.mark is not None for line, _ in marked):
        return parsed, _placed(parsed.opening_pence, marked, known, statements)
    return parsed, list(marked)


def _reckoned(
    parsed: ParsedStatement,
    marked: Sequence[Marked],
    known: Collection[str],
    statements: Sequence[BankStatement],
    closing_pence: int | None,
    ledger_pence: int,
) -> ParsedStatement:
    moved = sum(line.pence for line in parsed.lines)
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    before = max((s for s in statements if s.last_on <= last), key=lambda s: (s.last_on, s.pk), default=None)
    after = min((s for s in statements if s.last_on > last), key=lambda s: (s.first_on, s.pk), default=None)
    if before:
        new = sum(line.pence for line, mark in marked if mark not in known and line.on >= before.last_on)
        closing, meets = before.closing_pence + new, before.last_on >= first
    elif after:
        closing = after.opening_pence + sum(line.pence for line, mark in marked if mark in known)
        meets = after.first_on <= last
    else:
        closing, meets = ledger_pence + moved, False
    if closing_pence is not None and closing_pence != closing:
        if meets:
            raise _contradiction(closing_pence, closing, "with the statements here already the file closes at")
        closing = closing_pence
    return replace(parsed, opening_pence=closing - moved, closing_pence=closing)


def _contradiction(told: int, found: int, where: str) -> Exception:
    return refuse(
        None,
        f"You entered {Money(told)} as the balance at the bank, but {where} {Money(found)}",
        remedy="Nothing was imported. Check the balance after the file's last line, or download whole days again",
    )


def _placed(
    opening_pence: int, marked: Sequence[Marked], known: Collection[str], statements: Sequence[BankStatement]
) -> list[Marked]:
    """Within a day, lines that are new stand after those known where a statement ends, and before where one begins."""
    ends = {statement.last_on for statement in statements}

    def place(pair: Marked) -> tuple[int, int]:
        line, mark = pair
        return line.on.toordinal(), 0 if mark in known else 1 if line.on in ends else -1

    ordered = sorted(marked, key=place)
    balances = itertools.accumulate((line.pence for line, _ in ordered), initial=opening_pence)
    after_each = itertools.islice(balances, 1, None)
    return [
        (replace(line, balance_pence=balance), mark) for (line, mark), balance in zip(ordered, after_each, strict=True)
    ]
