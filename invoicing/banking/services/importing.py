"""Importing a bank's file: whole or not at all, each line once for ever."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.queries import ledger_balance, sure_of
from invoicing.banking.rules.layouts import read
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, fingerprints
from invoicing.banking.services.balances import Marked, with_balances
from invoicing.banking.services.confirming import confirm_match
from invoicing.banking.services.contradictions import (
    refuse_another_form,
    refuse_contradictions,
    refuse_days_to_come,
    refuse_twins,
)
from invoicing.banking.services.references import StoredLine
from invoicing.banking.services.repeats import Repeats, settle_repeats
from invoicing.banking.services.warnings import warnings_of
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money

_BATCH = 2_000


@dataclass(frozen=True)
class ImportReport:
    """What an import did. ``accepted`` + ``refused`` lines were read, ``new`` + ``duplicate`` were accepted; amounts in pence.

    ``statement_id`` is None when the file brought nothing new; ``proven`` says that the balances are the bank's own, in
    the file or as a person read them there.
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
    proven: bool = True


@transaction.atomic
def import_statement(
    *,
    account: BankAccount,
    data: bytes,
    file_name: str,
    confirm_at: Decimal | None,
    actor: Actor,
    closing_pence: int | None = None,
    repeats: Repeats | None = None,
    today: date | None = None,
) -> ImportReport:
    """Imports a file of the account's bank, or one of CAMT.053, in one transaction; its content says which it is.

    A line that an earlier file brought is a duplicate and changes nothing. With ``confirm_at`` (a confidence of at most
    1) the new lines whose best proposal reaches it are matched at once. ``closing_pence`` is the balance at the bank after
    the file's last line, for a file that states none. Raises StatementRefused, which names the line, when the file is
    damaged, belongs to another account or bank or contradicts what was imported, and SameOrFurther when a person must
    say by ``repeats`` whether lines are known already; then nothing is imported. A gap between statements is a warning.
    With ``today``, lines dated more than a week after it are refused too.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="import bank statements")
    if confirm_at is not None and not Decimal("0.5") <= confirm_at <= 1:
        raise WrongInput("The confidence from which lines are matched must be between 0.5 and 1")
    parsed = read(
        data,
        layout=account.layout,
        account_name=account.name,
        sort_code=account.sort_code,
        account_number=account.account_number,
    )
    if today is not None:
        refuse_days_to_come(parsed, today)
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    statements = list(BankStatement.objects.filter(account=account))
    if not parsed.lines:
        return _nothing_booked(parsed, statements)
    parsed, marked, known = _compared(account, parsed, statements, closing_pence, repeats)
    new = [pair for pair in marked if pair[1] not in known]
    sha256, proven = hashlib.sha256(data).hexdigest(), parsed.balances_stated or closing_pence is not None
    warnings = warnings_of(
        parsed,
        overlaps=marked[0][1] in known,
        statements=statements,
        sha256=sha256,
        anything_new=bool(new),
        proven=proven,
    )
    matched, statement = 0, None
    if new:
        statement = _store(account, parsed, new, file_name, sha256, warnings, actor)
        matched = _match(statement, confirm_at, actor)
    return _report(parsed, len(new), matched, warnings, statement, proven)


def _compared(
    account: BankAccount,
    parsed: ParsedStatement,
    statements: Sequence[BankStatement],
    closing_pence: int | None,
    repeats: Repeats | None,
) -> tuple[ParsedStatement, list[Marked], dict[str, StoredLine]]:
    """The file beside what was imported before: with its balances, each line with its fingerprint, and the lines known.
    Refuses what contradicts them."""
    known = _known(account, parsed)
    edges = {parsed.lines[0].on, parsed.lines[-1].on}
    open_days = {day for day in edges if not any(s.first_on < day < s.last_on for s in statements)}
    prints = settle_repeats(parsed.lines, fingerprints(parsed.lines), known, open_days=open_days, repeats=repeats)
    marked = list(zip(parsed.lines, prints, strict=True))
    new = [pair for pair in marked if pair[1] not in known]
    left_out = set(known) - set(prints)
    refuse_another_form(account, parsed, new)
    refuse_contradictions(account, parsed, new, left_out, statements)
    refuse_twins(account, new, left_out)
    ledger_pence = ledger_balance(account)
    parsed, marked = with_balances(
        parsed, marked, known, statements, closing_pence=closing_pence, ledger_pence=ledger_pence
    )
    return parsed, marked, known


def _known(account: BankAccount, parsed: ParsedStatement) -> dict[str, StoredLine]:
    """The account's lines of the file's days, by fingerprint."""
    found = BankLine.objects.filter(account=account, on__gte=parsed.lines[0].on, on__lte=parsed.lines[-1].on)
    told = found.order_by("pk").values_list(
        "fingerprint", "on", "pence", "kind", "description", "balance_pence", "statement_id"
    )
    return {
        mark: StoredLine(on, pence, kind, description, balance, statement)
        for mark, on, pence, kind, description, balance, statement in told
    }


def _nothing_booked(parsed: ParsedStatement, statements: Sequence[BankStatement]) -> ImportReport:
    """A quiet day's statement has balances and no entry: nothing is stored, and a difference is told."""
    warnings = ["The statement has no booked entries: nothing was added.", *parsed.notes]
    last = max(statements, key=lambda statement: (statement.last_on, statement.pk), default=None)
    if last and last.closing_pence != parsed.opening_pence:
        warnings.append(
            f"It stands at {Money(parsed.opening_pence)}, but the last statement here closes at"
            f" {Money(last.closing_pence)} on {last.last_on:%-d %B %Y}. Import a file that covers the days between."
        )
    return _report(parsed, 0, 0, warnings, None, True)


def _report(
    parsed: ParsedStatement, new: int, matched: int, warnings: list[str], statement: BankStatement | None, proven: bool
) -> ImportReport:
    return ImportReport(
        accepted=parsed.accepted,
        refused=parsed.refused,
        new=new,
        duplicate=parsed.accepted - new,
        opening_pence=parsed.opening_pence,
        closing_pence=parsed.closing_pence,
        matched=matched,
        warnings=warnings,
        statement_id=statement.pk if statement else None,
        proven=proven,
    )


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
        layout=parsed.layout,
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
