"""Importing a bank's file: whole or not at all, each line once for ever."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.queries import sure_of
from invoicing.banking.rules.layouts import PARSERS
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, fingerprints, refuse
from invoicing.banking.services.confirming import confirm_match
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money

_BATCH = 2_000


@dataclass(frozen=True)
class ImportReport:
    """What an import did. ``accepted`` + ``refused`` lines were read, ``new`` + ``duplicate`` were accepted; amounts in pence.

    ``statement_id`` is None when the file brought nothing new.
    """

    accepted: int
    refused: int
    new: int
    duplicate: int
    opening_pence: int
    closing_pence: int
    matched: int
    warnings: list[str] = field(default_factory=list)
    statement_id: int | None = None


@transaction.atomic
def import_statement(
    *, account: BankAccount, data: bytes, file_name: str, confirm_at: Decimal | None, actor: Actor
) -> ImportReport:
    """Imports a file of the account's bank in one transaction.

    A line that an earlier file brought is a duplicate and changes nothing. With ``confirm_at`` (a confidence of at most
    1) the new lines whose best proposal reaches it are matched at once. Raises StatementRefused, which names the line,
    when the file is damaged, belongs to another account or contradicts what was imported; then nothing is imported. A
    gap between statements is a warning.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="import bank statements")
    if confirm_at is not None and not Decimal("0.5") <= confirm_at <= 1:
        raise WrongInput("The confidence from which lines are matched must be between 0.5 and 1")
    parsed = PARSERS[account.layout](data, sort_code=account.sort_code, account_number=account.account_number)
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    prints = fingerprints(parsed.lines)
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    stored = dict(
        BankLine.objects.filter(account=account, on__gte=first, on__lte=last).values_list("fingerprint", "pk")
    )
    statements = list(BankStatement.objects.filter(account=account))
    new = [(line, mark) for line, mark in zip(parsed.lines, prints, strict=True) if mark not in stored]
    left_out = set(stored) - set(prints)
    _refuse_contradictions(account, parsed, new, left_out, statements)
    _refuse_twins(account, new, left_out)
    sha256 = hashlib.sha256(data).hexdigest()
    warnings = _warnings(parsed, prints[0] in stored, statements, sha256, anything_new=bool(new))
    matched, statement = 0, None
    if new:
        statement = _store(account, parsed, new, file_name, sha256, warnings, actor)
        matched = _match(statement, confirm_at, actor)
    return ImportReport(
        accepted=parsed.accepted,
        refused=parsed.refused,
        new=len(new),
        duplicate=parsed.accepted - len(new),
        opening_pence=parsed.opening_pence,
        closing_pence=parsed.closing_pence,
        matched=matched,
        warnings=warnings,
        statement_id=statement.pk if statement else None,
    )


def _refuse_contradictions(
    account: BankAccount,
    parsed: ParsedStatement,
    new: Sequence[tuple[ParsedLine, str]],
    left_out: set[str],
    statements: Sequence[BankStatement],
) -> None:
    """A day strictly inside a statement was imported whole: another line for it, or one fewer, cannot both be true."""
    whole = {
        day: statement
        for day in {line.on for line, _ in new}
        for statement in statements
        if statement.first_on < day < statement.last_on
    }
    for line, _ in sorted(new, key=lambda pair: pair[0].line):
        if statement := whole.get(line.on):
            raise refuse(
                line.line,
                f"({line.on:%-d %B %Y}, {Money(line.pence)}) is not in “{statement.file_name}”, which was imported before"
                " and covers that day whole. One of the two files was changed",
            )
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    lost = BankLine.objects.filter(account=account, fingerprint__in=left_out, on__gt=first, on__lt=last)
    if left_out and (missing := lost.order_by("on", "pk").first()):
        raise refuse(
            None,
            f"The file leaves out a line that was imported before: {missing.on:%-d %B %Y}, {Money(missing.pence)},"
            f" {missing.description[:60]}",
        )


def _refuse_twins(account: BankAccount, new: Sequence[tuple[ParsedLine, str]], left_out: set[str]) -> None:
    """A transaction that stands already, told with other words, would count twice.

    Two transactions of one day that lead to one balance by one amount are genuine only when the money went back in
    between; a file that holds whole days then shows them both. One that shows a new line in place of a stored one does
    not. This guards a statement's first and last day, of which only a part may have been imported.
    """
    days = {line.on for line, _ in new}
    absent = BankLine.objects.filter(account=account, fingerprint__in=left_out, on__in=days).select_related("statement")
    twins = {(stored.on, stored.pence, stored.balance_pence): stored for stored in absent.order_by("-pk")}
    for line, _ in sorted(new, key=lambda pair: pair[0].line):
        if twin := twins.get((line.on, line.pence, line.balance_pence)):
            raise refuse(
                line.line,
                f"({line.on:%-d %B %Y}, {Money(line.pence)}, balance {Money(line.balance_pence)}) reads"
                f" “{_told(line)}”, but “{twin.statement.file_name}”, which was imported before, has “{_told(twin)}” for"
                " the same day, amount and balance, and that line is not in this file. It would count twice",
                remedy="Nothing was imported. Download whole days again, in the same form as before, or a file that"
                f" begins after {line.on:%-d %B %Y} if all of that day was imported",
            )


def _told(line: ParsedLine | BankLine) -> str:
    return f"{line.kind} {line.description[:60]}".strip()


def _warnings(
    parsed: ParsedStatement, overlaps: bool, statements: Sequence[BankStatement], sha256: str, *, anything_new: bool
) -> list[str]:
    if not anything_new:
        same = any(statement.sha256 == sha256 for statement in statements)
        what = "This file was imported before" if same else "All of these lines were imported before"
        return [f"{what}: nothing was added."]
    opening, closing = Money(parsed.opening_pence), Money(parsed.closing_pence)
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    if not statements:
        return [
            f"This is the account's first statement. It opens at {opening} before {first:%-d %B %Y}: check that with the"
            " bank, as nothing here can tell whether earlier lines are missing."
        ]
    found = []
    before = max((s for s in statements if s.last_on <= first), key=lambda s: (s.last_on, s.pk), default=None)
    if before and not overlaps and before.closing_pence != parsed.opening_pence:
        found.append(
            f"A gap: this statement opens at {opening} before {first:%-d %B %Y}, but the one before it closes at"
            f" {Money(before.closing_pence)} on {before.last_on:%-d %B %Y}. Import a file that covers the days between."
        )
    after = min((s for s in statements if s.first_on >= last), key=lambda s: (s.first_on, s.pk), default=None)
    if after and after.first_on > last and after.opening_pence != parsed.closing_pence:
        found.append(
            f"A gap: this statement closes at {closing} on {last:%-d %B %Y}, but the next opens at"
            f" {Money(after.opening_pence)} before {after.first_on:%-d %B %Y}. Import a file that covers the days between."
        )
    return found


def _store(
    account: BankAccount,
    parsed: ParsedStatement,
    new: Sequence[tuple[ParsedLine, str]],
    file_name: str,
    sha256: str,
    warnings: list[str],
    actor: Actor,
) -> BankStatement:
    new_pence = sum(line.pence for line, _ in new)
    statement = BankStatement.objects.create(
        account=account,
        file_name=_plain(file_name),
        sha256=sha256,
        opening_pence=parsed.opening_pence,
        closing_pence=parsed.closing_pence,
        first_on=parsed.lines[0].on,
        last_on=parsed.lines[-1].on,
        read=parsed.read,
        accepted=parsed.accepted,
        new=len(new),
        duplicate=parsed.accepted - len(new),
        new_pence=new_pence,
        duplicate_pence=parsed.closing_pence - parsed.opening_pence - new_pence,
        warnings=warnings,
        imported_by_person_id=actor.person_id,
    )
    BankLine.objects.bulk_create(
        (
            BankLine(
                account=account,
                statement=statement,
                position=position,
                on=line.on,
                kind=line.kind,
                description=line.description,
                pence=line.pence,
                balance_pence=line.balance_pence,
                fingerprint=mark,
            )
            for position, (line, mark) in enumerate(new, start=1)
        ),
        batch_size=_BATCH,
    )
    events.record(
        kind="bank_statement.imported",
        subject_kind="bank_statement",
        subject=str(statement.pk),
        organisation_ids=[],
        payload={"account": account.pk, "new": statement.new, "duplicate": statement.duplicate, "sha256": sha256,
                 "opening_pence": statement.opening_pence, "closing_pence": statement.closing_pence},
        actor=actor,
    )  # fmt: skip
    return statement


def _match(statement: BankStatement, confirm_at: Decimal | None, actor: Actor) -> int:
    if confirm_at is None:
        return 0
    lines = statement.lines.filter(pence__gt=0).select_related("account").order_by("position")
    sure = list(sure_of(lines, at=confirm_at))
    for line, proposal in sure:
        confirm_match(line=line, proposal=proposal, actor=actor)
    return len(sure)


def _plain(file_name: str) -> str:
    """The name of an uploaded file for people to recognise: no folders, no control characters, 200 characters."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in name if not unicodedata.category(char).startswith("C"))[-200:] or "statement"
