"""Balances where a file has none of its own, and the balance that a person read at the bank."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from invoicing.banking.models import BankStatement
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse
from invoicing.banking.services.references import StoredLine
from marketplace.core.money import Money

Marked = tuple[ParsedLine, str]


def with_balances(
    parsed: ParsedStatement,
    marked: Sequence[Marked],
    known: Mapping[str, StoredLine],
    statements: Sequence[BankStatement],
    *,
    closing_pence: int | None,
    ledger_pence: int,
) -> tuple[ParsedStatement, list[Marked]]:
    """The statement with its opening and closing balance, and its lines in order with the balance after each.

    What the file states stands. Otherwise the closing follows from the statements that the file meets, or those before
    or after, or, for the first, from the ledger; lines that other statements brought count too. ``closing_pence`` is
    what a person read at the bank: refused when it contradicts the file, or every statement around it while some meet
    it without a day between; where days lie between, it shows that something is missing. Of a file that brings nothing new only
    the statements that have its lines say what it closes at.
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
    known: Mapping[str, StoredLine],
    statements: Sequence[BankStatement],
    closing_pence: int | None,
    ledger_pence: int,
) -> ParsedStatement:
    moved = sum(line.pence for line in parsed.lines)
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    before = max((s for s in statements if s.last_on < first), key=lambda s: (s.last_on, s.pk), default=None)
    after = min((s for s in statements if s.first_on > last), key=lambda s: (s.first_on, s.pk), default=None)
    meeting = _meeting(first, last, marked, known, statements)
    apart = [before.closing_pence + moved] if before else [after.opening_pence] if after else [ledger_pence + moved]
    all_known = all(mark in known for _, mark in marked)
    closings = meeting if meeting and all_known else [*meeting, *apart]
    if closing_pence is not None and meeting and closing_pence not in closings:
        raise _contradiction(closing_pence, closings[0], "with the statements here already the file closes at")
    closing = closings[0] if closing_pence is None else closing_pence
    return replace(parsed, opening_pence=closing - moved, closing_pence=closing)


def _meeting(
    first: date,
    last: date,
    marked: Sequence[Marked],
    known: Mapping[str, StoredLine],
    statements: Sequence[BankStatement],
) -> list[int]:
    """The file's closing by each statement that ends in its days, the latest first, then by each that begins in them.

    They differ only where days are missing between statements whose balances nobody read at the bank.
    """
    by_key = {s.pk: s for s in statements}
    told = [(line, by_key[known[mark].statement_id] if mark in known else None) for line, mark in marked]
    ending = sorted(
        (s for s in statements if first <= s.last_on <= last), key=lambda s: (s.last_on, s.pk), reverse=True
    )
    beginning = sorted(
        (s for s in statements if first <= s.first_on <= last < s.last_on), key=lambda s: (s.first_on, s.pk)
    )
    return [
        *(s.closing_pence + sum(line.pence for line, owner in told if _stands_after(line, owner, s)) for s in ending),
        *(
            s.opening_pence + sum(line.pence for line, owner in told if _stands_within(line, owner, s))
            for s in beginning
        ),
    ]


def _stands_after(line: ParsedLine, owner: BankStatement | None, statement: BankStatement) -> bool:
    """Whether the line came after the statement's closing. ``owner`` is the statement that brought it, None if new."""
    if line.on != statement.last_on or owner is None:
        return line.on >= statement.last_on
    begins_there = owner.first_on == statement.last_on < owner.last_on
    return owner.pk > statement.pk or (begins_there and owner.opening_pence == statement.closing_pence)


def _stands_within(line: ParsedLine, owner: BankStatement | None, statement: BankStatement) -> bool:
    """Whether the line, of a file that ends before the statement does, came after the statement's opening."""
    if owner is None or line.on < statement.first_on:
        return False
    ends_there = owner.pk != statement.pk and owner.last_on == statement.first_on
    return not (ends_there and owner.closing_pence == statement.opening_pence)


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
