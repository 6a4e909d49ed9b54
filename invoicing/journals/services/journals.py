"""Manual journals: prepared by one person, approved by another, taken back by themselves where they say so."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from invoicing.journals.models import ManualJournal, ManualJournalLine
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.rules.lines import JournalLine, date_problem, first_of_next_month, problems
from invoicing.journals.rules.lines_file import read_lines
from invoicing.journals.services import deciding
from invoicing.ledger import chart
from invoicing.ledger.fund_room import open_funds
from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line

_STATE = TwoPeople.State
_OPEN = (_STATE.DRAFT, _STATE.SENT_BACK)
MOST_TOLD = 50  # more problems than these are told once they are mended


class JournalRefused(DomainError):
    """Lines that cannot be posted; each is said in ``detail``."""

    code = "journal_refused"
    status = 400


def read_journal_lines(*, content: bytes, actor: Actor) -> list[JournalLine]:
    """The lines that a CSV holds, judged as a journal's are; nothing is kept of it.

    Refuses the whole file where one of its lines cannot be read or posted: JournalRefused names each by its line in the
    file.
    """
    deciding.preparer(actor, to="prepare journals")
    lines, found = read_lines(content)
    types, streams, funds = _chart()
    for number, line in lines:
        found += [
            f"Line {number}: {text.removeprefix('Line 1: ')}"
            for text in problems([line], types=types, streams=streams, funds=funds)
        ]
    if found:
        raise JournalRefused(
            "The lines of this file cannot be posted. None of them was taken.", detail=found[:MOST_TOLD]
        )
    return [line for _, line in lines]


def _chart() -> tuple[dict[str, str], set[str], Mapping[str, int]]:
    """The type of each account, the income streams, and the funds that are open."""
    types = dict(LedgerAccount.objects.values_list("code", "type"))
    return types, set(IncomeStream.objects.values_list("code", flat=True)), open_funds()


@transaction.atomic
def prepare_journal(
    *,
    kind: ManualJournal.Kind,
    on: date,
    reason: str,
    lines: Sequence[JournalLine],
    auto_reverse_on: date | None,
    today: date,
    actor: Actor,
) -> ManualJournal:
    """A draft with its number from the gapless series of journals. Nothing is posted before another person approves.

    Refuses lines on accounts that are the sum of their items (JournalRefused says what to do instead), an income line
    without its stream, and a day more than a year away. An accrual reverses on the first of the next month.
    """
    person = deciding.preparer(actor, to="prepare journals")
    values = _checked(kind, on, reason, lines, auto_reverse_on, today)
    series.ensure_series(code=chart.JOURNAL_SERIES, prefix="JNL")
    [number] = series.claim(series=chart.JOURNAL_SERIES)
    made = ManualJournal.objects.create(number=number, prepared_by_id=person, **values)
    _write_lines(made, lines)
    deciding.record("journal.prepared", made, actor, pence=made.pence, on=on.isoformat())
    return made


@transaction.atomic
def change_journal(
    *,
    journal: ManualJournal,
    kind: ManualJournal.Kind,
    on: date,
    reason: str,
    lines: Sequence[JournalLine],
    auto_reverse_on: date | None,
    today: date,
    actor: Actor,
) -> ManualJournal:
    """Changes a draft, or what was sent back, wholly. Only whoever prepared it may."""
    person = deciding.preparer(actor, to="change journals")
    found = deciding.locked(journal, _OPEN, to="change it")
    deciding.require_preparer(found, person)
    values = _checked(kind, on, reason, lines, auto_reverse_on, today)
    ManualJournal.objects.filter(pk=found.pk).update(version=found.version + 1, **values)
    found.lines.all().delete()
    found.refresh_from_db()
    _write_lines(found, lines)
    deciding.record("journal.changed", found, actor, pence=found.pence, on=on.isoformat())
    return found


def _checked(
    kind: ManualJournal.Kind,
    on: date,
    reason: str,
    lines: Sequence[JournalLine],
    auto_reverse_on: date | None,
    today: date,
) -> dict[str, object]:
    """The columns of the head, once everything about it is in order."""
    types, streams, funds = _chart()
    found = problems(lines, types=types, streams=streams, funds=funds)
    found += [text] if (text := date_problem(on, today=today)) else []
    if kind == ManualJournal.Kind.ACCRUAL:
        wanted = first_of_next_month(on)
        if auto_reverse_on not in (None, wanted):
            found.append(f"An accrual reverses on the first of the next month, {wanted:%-d %B %Y}")
        auto_reverse_on = wanted
    elif auto_reverse_on is not None and auto_reverse_on <= on:
        found.append("Reverse on must be after the journal's date")
    if found:
        raise JournalRefused("This journal cannot be posted. Nothing is kept.", detail=found)
    return {
        "kind": kind, "on": on, "reason": clean_line(reason, what="Reason", limit=200),
        "auto_reverse_on": auto_reverse_on, "pence": sum(line.pence for line in lines),
    }  # fmt: skip


def _write_lines(journal: ManualJournal, lines: Sequence[JournalLine]) -> None:
    funds = open_funds()
    ManualJournalLine.objects.bulk_create(
        ManualJournalLine(
            journal=journal, position=position, debit_account_id=line.debit, credit_account_id=line.credit,
            pence=line.pence, stream_id=line.stream or None,
            analysis_code=clean_line(line.analysis_code, what="Analysis", limit=60, required=False),
            fund_id=funds[line.fund] if line.fund else None,
        )
        for position, line in enumerate(lines, start=1)
    )  # fmt: skip


@transaction.atomic
def submit_journal(*, journal: ManualJournal, actor: Actor) -> ManualJournal:
    """Hands a journal in. From then on it does not change unless it is sent back. Only whoever prepared it may."""
    person = deciding.preparer(actor, to="hand journals in")
    found = deciding.locked(journal, _OPEN, to="hand it in")
    deciding.require_preparer(found, person)
    deciding.move(found, _STATE.SUBMITTED, sent_back_reason="")
    deciding.record("journal.submitted", found, actor, pence=found.pence)
    return found


@transaction.atomic
def approve_journal(*, journal: ManualJournal, version: int, actor: Actor) -> ManualJournal:
    """Posts a journal with the source ``journal:NUMBER``. By a finance manager who did not prepare it.

    ``version`` is the one that was looked at; a journal that was changed meanwhile is not approved.
    """
    person = deciding.approver(actor, to="approve journals")
    found = deciding.locked(journal, [_STATE.SUBMITTED], to="approve it")
    deciding.require_other_person(found, person)
    deciding.require_seen(found, version)
    movements = [
        NewMovement(
            debit=line.debit_account_id, credit=line.credit_account_id, pence=line.pence, stream=line.stream_id,
            analysis_code=line.analysis_code, fund=line.fund_id,
        )
        for line in found.lines.order_by("position")
    ]  # fmt: skip
    [entry] = post(
        entries=[
            NewEntry(
                kind="journal", source_key=f"journal:{found.number}", on=found.on,
                narrative=f"{found.number}: {found.reason}", movements=movements,
            )
        ],
        actor=actor,
    )  # fmt: skip
    deciding.move(found, _STATE.APPROVED, approved_by_id=person, entry_id=entry)
    deciding.record("journal.approved", found, actor, pence=found.pence, entry=entry)
    return found


@transaction.atomic
def send_back_journal(*, journal: ManualJournal, reason: str, version: int, actor: Actor) -> ManualJournal:
    """Gives a journal back to whoever prepared it, with a reason."""
    return deciding.send_back(journal, reason=reason, version=version, actor=actor, kind="journal")


def reverse_due_journals(*, on: date, actor: Actor) -> int:
    """Posts the mirror of every approved journal whose day to reverse has come, dated that day. Returns how many.

    Each in a transaction of its own and once only: a second run, or another at the same time, finds nothing to do.
    """
    due = ManualJournal.objects.filter(auto_reverse_on__lte=on, entry__isnull=False, reversal__isnull=True)
    return sum(_reverse(pk, actor) for pk in due.order_by("auto_reverse_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _reverse(pk: int, actor: Actor) -> bool:
    waiting = ManualJournal.objects.select_for_update(skip_locked=True)
    found = waiting.filter(pk=pk, entry__isnull=False, reversal__isnull=True).first()
    if found is None or found.entry_id is None or found.auto_reverse_on is None:
        return False
    entry = reverse(
        entry_id=found.entry_id, on=found.auto_reverse_on, narrative=f"{found.number} taken back: {found.reason}",
        actor=actor,
    )  # fmt: skip
    if ManualJournal.objects.filter(pk=pk, reversal__isnull=True).update(reversal_id=entry) != 1:
        raise WrongInput(f"{found.number} was reversed by somebody else meanwhile")
    deciding.record("journal.reversed", found, actor, pence=found.pence, entry=entry)
    return True
