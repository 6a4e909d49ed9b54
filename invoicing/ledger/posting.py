"""The one door to the ledger: entries with their movements, written whole by COPY."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction

from invoicing.ledger.fund_room import require_room
from invoicing.ledger.models import JournalEntry, LedgerAccount, Movement
from invoicing.ledger.months import first_open_day
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.errors import DomainError


class AlreadyReversed(DomainError):
    """An entry is reversed at most once."""

    code = "already_reversed"


class NewMovement(NamedTuple):
    """``pence`` from the credited side to the debited side. Parties are organisation ids, on control accounts only.

    ``fund`` is the id of the fund that the one income or expense leg belongs to.
    """

    debit: str
    credit: str
    pence: int
    debit_party: int | None = None
    credit_party: int | None = None
    stream: str | None = None
    analysis_code: str = ""
    fund: int | None = None


class NewEntry(NamedTuple):
    """An entry to post. ``source_key`` is unique for ever: posting the same source twice is refused."""

    kind: str
    source_key: str
    on: date
    narrative: str
    movements: Sequence[NewMovement]
    tax_point: date | None = None
    reverses: int | None = None
    issued_on: date | None = None
    first_open: date | None = None

    @property
    def posted_on(self) -> date:
        """The tax point, the day of posting or the first open day, whichever is latest. ``post`` sets the last."""
        return max(self.on, self.tax_point or self.on, self.first_open or self.on)


ENTRY_COLUMNS = (
    "id", "kind", "source_key", "issued_on", "tax_point", "posted_on", "narrative",
    "actor_person_id", "actor_label", "reverses_id", "digest",
)  # fmt: skip
MOVEMENT_COLUMNS = (
    "entry_id", "debit_account_id", "debit_control", "debit_party_id",
    "credit_account_id", "credit_control", "credit_party_id", "pence", "stream_id", "analysis_code",
)  # fmt: skip
FUNDED_COLUMNS = (*MOVEMENT_COLUMNS, "fund_id")


def post(*, entries: Iterable[NewEntry], actor: Actor) -> list[int]:
    """Writes entries with their movements in the caller's transaction and returns the entries' ids in order.

    Refuses an entry without movements and an unknown account. The database refuses everything else that would
    break the books: amounts that are not positive, a party where none belongs, a source posted before. What belongs into
    a closed month is dated the first open day. Movements of a fund are refused where it has not enough, is closed or
    does not run (FundOverspent, FundRefused).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Posting belongs in the transaction of what it records.")
    entries = list(entries)
    control = _Controls(LedgerAccount.objects.values_list("code", "control"))
    for entry in entries:
        if not entry.movements:
            raise ValueError(f"Entry {entry.source_key} has no movements")
    entries = _into_open_months(entries)
    funded = [(m, e.posted_on, e.reverses) for e in entries for m in e.movements if m.fund is not None]
    if funded:
        require_room(funded)
    ids = next_ids(JournalEntry, len(entries))
    label = "" if actor.person_id else actor.name[:60]
    copy_rows(
        JournalEntry,
        ENTRY_COLUMNS,
        (
            (
                pk, entry.kind, entry.source_key, entry.issued_on or entry.on, entry.tax_point or entry.on,
                entry.posted_on, entry.narrative[:240], actor.person_id, label, entry.reverses, digest(entry),
            )
            for pk, entry in zip(ids, entries, strict=True)
        ),
    )  # fmt: skip
    legs = (
        (
            pk, m.debit, control[m.debit], m.debit_party,
            m.credit, control[m.credit], m.credit_party, m.pence, m.stream, m.analysis_code,
        )
        for pk, entry in zip(ids, entries, strict=True)
        for m in entry.movements
    )  # fmt: skip
    if funded:  # most entries have none: then the column is not sent at all
        funds = (m.fund for entry in entries for m in entry.movements)
        copy_rows(Movement, FUNDED_COLUMNS, ((*leg, fund) for leg, fund in zip(legs, funds, strict=True)))
    else:
        copy_rows(Movement, MOVEMENT_COLUMNS, legs)
    return ids


def _into_open_months(entries: list[NewEntry]) -> list[NewEntry]:
    """What would fall into a closed month goes to the first open day. Takes the months, so that none closes meanwhile."""
    first = first_open_day(entry.posted_on for entry in entries)
    if first is None or all(entry.posted_on >= first for entry in entries):
        return entries
    return [entry._replace(first_open=first) for entry in entries]


def digest(entry: NewEntry) -> str:
    """SHA-256 that binds an entry to its movements in their order; ``verify_ledger`` recomputes it in SQL.

    The fund stands in it only where there is one, behind a character that no analysis code holds, so that entries
    without funds have the digest that they always had.
    """
    head = [
        entry.kind, entry.source_key, (entry.issued_on or entry.on).isoformat(),
        (entry.tax_point or entry.on).isoformat(), entry.posted_on.isoformat(), entry.narrative[:240],
        str(entry.reverses or ""),
    ]  # fmt: skip
    legs = [
        f"{m.debit}|{m.debit_party or ''}|{m.credit}|{m.credit_party or ''}|{m.pence}|{m.stream or ''}|{m.analysis_code}"
        + (f"\x1e{m.fund}" if m.fund else "")
        for m in entry.movements
    ]
    return hashlib.sha256("\x1f".join([*head, *legs]).encode()).hexdigest()


class _Controls(dict[str, bool]):
    """Whether an account is a control account, by its code."""

    def __missing__(self, code: str) -> bool:
        raise LookupError(f"No ledger account {code}. Run seed_chart, or add the account.")


def reverse(*, entry_id: int, on: date, narrative: str, actor: Actor) -> int:
    """Posts the mirror of an entry. Raises AlreadyReversed for a second one."""
    entry = JournalEntry.objects.get(pk=entry_id)
    if JournalEntry.objects.filter(reverses_id=entry_id).exists():
        raise AlreadyReversed("This entry was already reversed; look at its reversal.", entry=entry_id)
    mirror = [
        NewMovement(
            debit=m.credit_account_id,
            credit=m.debit_account_id,
            pence=m.pence,
            debit_party=m.credit_party_id,
            credit_party=m.debit_party_id,
            stream=m.stream_id,
            analysis_code=m.analysis_code,
            fund=m.fund_id,
        )
        for m in entry.movements.order_by("pk")
    ]
    [pk] = post(
        entries=[
            NewEntry(
                kind=f"{entry.kind}.reversed"[:30],
                source_key=f"reversal:{entry_id}",
                on=max(on, entry.posted_on),
                narrative=narrative,
                movements=mirror,
                reverses=entry_id,
            )
        ],
        actor=actor,
    )
    return pk
