"""ISO 20022's bank-to-customer statement, CAMT.053, of any bank and any version since 2009.

The file states the booked balance before its entries and after them; the entries between must lead from one to the
other to the penny. Several statements in one file must follow each other. What is only pending is left out and told.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from invoicing.banking.rules.camt_entries import CURRENCY, Entry, entry_of, signed_pence
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse
from invoicing.banking.rules.table import check_owner
from invoicing.banking.rules.xml_tree import Node, read_xml
from marketplace.core.money import Money

NAME = "camt053"
_FORM = "CAMT.053"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_OTHER_ACCOUNT = "Nothing was imported. Choose the account that the file belongs to, or the other file"
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


@dataclass(frozen=True)
class _Statement:
    """One statement of the file; ``lines`` in date order with their running balance."""

    line: int
    id: str
    owner: tuple[str, str]
    opening_pence: int
    closing_pence: int
    lines: tuple[ParsedLine, ...]
    pending: tuple[Entry, ...]


def parse(data: bytes, *, sort_code: str = "", account_number: str = "") -> ParsedStatement:
    """The whole file, oldest line first, or StatementRefused naming the line.

    ``sort_code`` and ``account_number``, where given, are the account's own. Refused are XML that is damaged or refers
    outside itself, another message than a statement, another or several accounts, another currency than pounds, a
    statement without its booked opening or closing balance or whose entries do not lead from one to the other, a
    statement twice in the file, and statements that do not follow each other. A file without booked entries is read.
    """
    root = read_xml(data, form=_FORM, values={"Ntry": entry_of})
    message = root.first("BkToCstmrStmt")
    if not root.namespace.startswith(_NAMESPACE) or root.name != "Document" or message is None:
        raise refuse(root.line, f"does not begin a statement (CAMT.053) but {_what(root)}")
    found = [_statement(node) for node in message.all("Stmt")]
    if not found:
        raise refuse(message.line, "begins a message without a statement")
    _check_accounts(found, (sort_code, account_number))
    statements = _in_order(found)
    lines = sorted((line for statement in statements for line in statement.lines), key=lambda line: line.on)
    return ParsedStatement(
        lines=tuple(lines),
        opening_pence=statements[0].opening_pence,
        closing_pence=statements[-1].closing_pence,
        read=len(lines),
        accepted=len(lines),
        refused=0,
        sort_code=found[0].owner[0],
        account_number=found[0].owner[1],
        layout=NAME,
        notes=tuple(_notes(statements)),
    )


def _what(root: Node) -> str:
    name = root.namespace.rpartition(":")[2]
    kinds = {"camt.052": "a report during the day", "camt.054": "a notice of single entries"}
    known = next((what for start, what in kinds.items() if name.startswith(start)), "another kind of file")
    return f"{known} ({(name or root.name)[:40]})"


def _statement(node: Node) -> _Statement:
    currency = node.said("Acct/Ccy")
    if currency not in ("", CURRENCY):
        raise refuse(node.line, f"begins a statement in {currency[:10]}: only accounts in pounds sterling are read")
    opening, closing = _balance(node, _OPENING, "opening"), _balance(node, _CLOSING, "closing")
    entries = [entry.value for entry in node.all("Ntry")]
    booked = [entry for entry in entries if entry.booked]
    _check_count(node, entries, booked)
    moved = sum(entry.pence for entry in booked)
    opening_pence = signed_pence(opening, what="a balance")
    closing_pence = signed_pence(closing, what="a balance")
    if opening_pence + moved != closing_pence:
        raise refuse(
            closing.line,
            f"begins the closing balance {Money(closing_pence)}, but the opening balance {Money(opening_pence)} and"
            f" {len(booked)} booked {'entry' if len(booked) == 1 else 'entries'} of {Money(moved)} make"
            f" {Money(opening_pence + moved)}. An entry is missing or changed",
        )
    return _Statement(
        line=node.line,
        id=node.said("Id"),
        owner=_owner(node),
        opening_pence=opening_pence,
        closing_pence=closing_pence,
        lines=_with_balances(booked, opening_pence),
        pending=tuple(entry for entry in entries if not entry.booked),
    )


def _balance(node: Node, codes: Sequence[str], what: str) -> Node:
    """The booked balance of the first code that the statement has; refuses none, and two that differ."""
    for code in codes:
        found = [bal for bal in node.all("Bal") if bal.said("Tp/CdOrPrtry/Cd") == code]
        if len({signed_pence(bal, what="a balance") for bal in found}) > 1:
            raise refuse(found[1].line, f"begins a second {what} balance that differs from the first")
        if found:
            return found[0]
    raise refuse(node.line, f"begins a statement without its booked {what} balance ({codes[0]})")


def _check_count(node: Node, entries: Sequence[Entry], booked: Sequence[Entry]) -> None:
    """The bank may say how many entries there are, with or without those pending."""
    said = node.said("TxsSummry/TtlNtries/NbOfNtries")
    if said.isascii() and said.isdigit() and int(said[:15]) not in (len(entries), len(booked)):
        raise refuse(node.line, f"begins a statement of {said[:15]} entries, but it holds {len(entries)}")


def _with_balances(booked: Sequence[Entry], opening_pence: int) -> tuple[ParsedLine, ...]:
    """The lines by day, as the bank wrote them within a day, each with the balance after it."""
    lines = sorted((line for entry in booked for line in entry.lines), key=lambda line: line.on)
    balances = itertools.accumulate((line.pence for line in lines), initial=opening_pence)
    return tuple(
        replace(line, balance_pence=balance)
        for line, balance in zip(lines, itertools.islice(balances, 1, None), strict=True)
    )


def _owner(node: Node) -> tuple[str, str]:
    """Sort code and account number from a British IBAN, or from the fourteen digits that some banks write instead."""
    iban = "".join(node.said("Acct/Id/IBAN").split()).upper()
    other = "".join(char for char in node.said("Acct/Id/Othr/Id") if char not in " -")
    if not iban and len(other) == 14 and other.isascii() and other.isdigit():
        return other[:6], other[6:]
    if not _is_british(iban):
        told = f"of the account {(iban or other)[:34]}" if iban or other else "without an account"
        raise refuse(
            node.line, f"begins a statement {told}, which is not a British account number", remedy=_OTHER_ACCOUNT
        )
    return iban[8:14], iban[14:]


def _is_british(iban: str) -> bool:
    """GB, two check digits, four letters of the bank, fourteen digits; the whole leaves 1 when divided by 97 (ISO 13616)."""
    if not (len(iban) == 22 and iban.isascii() and iban.isalnum() and iban[:2] == "GB" and iban[8:].isdigit()):
        return False
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def _check_accounts(statements: Sequence[_Statement], own: tuple[str, str]) -> None:
    check_owner(statements[0].owner, own, statements[0].line)
    seen: set[str] = set()
    for statement in statements:
        if statement.owner != statements[0].owner:
            raise refuse(
                statement.line,
                f"begins a statement of another account ({' '.join(statement.owner)}) than the statement before it",
                remedy="Nothing was imported. Ask the bank for one file for each account",
            )
        if statement.id and statement.id in seen:
            raise refuse(statement.line, f"begins statement {statement.id[:35]}, which is in the file already")
        seen.add(statement.id)


def _in_order(statements: list[_Statement]) -> list[_Statement]:
    """Oldest first, whichever way round the file is: each opens where the one before it closes."""
    broken = _broken(statements)
    if broken is None:
        return statements
    if _broken(statements[::-1]) is None:
        return statements[::-1]
    before, after = broken
    raise refuse(
        after.line,
        f"begins a statement that opens at {Money(after.opening_pence)}, but the one before it, in line {before.line},"
        f" closes at {Money(before.closing_pence)}. A statement between them is missing",
    )


def _broken(statements: Sequence[_Statement]) -> tuple[_Statement, _Statement] | None:
    pairs = itertools.pairwise(statements)
    return next((pair for pair in pairs if pair[0].closing_pence != pair[1].opening_pence), None)


def _notes(statements: Sequence[_Statement]) -> Iterator[str]:
    pending = [entry for statement in statements for entry in statement.pending]
    if pending:
        total = Money(sum(entry.pence for entry in pending))
        one = len(pending) == 1
        told = "1 entry is" if one else f"{len(pending)} entries are"
        yield f"{told} not booked yet ({total}) and left out; a later file brings {'it' if one else 'them'} when booked."
