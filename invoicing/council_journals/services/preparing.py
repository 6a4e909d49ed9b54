"""Preparing a council journal, sending it, and withdrawing one that the council does not take.

| state | meaning | moved by |
|---|---|---|
| draft | prepared; its items are on no other journal | ``prepare_council_journal`` |
| sent | with the council | ``send_council_journal`` |
| confirmed | posted in the council's ledger: its items are settled | ``confirm_council_journal`` |
| withdrawn | its items are free for another journal | ``withdraw_council_journal`` |
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from invoicing.council_journals.models import CouncilJournal, CouncilJournalItem, CouncilJournalLine
from invoicing.council_journals.services.proposing import CouncilProposal, propose_council_journal
from invoicing.ledger import chart
from invoicing.receivables.models import ReceivableItem
from marketplace.core import events, series
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

State = CouncilJournal.State
_WORDS = {
    State.DRAFT: "is a draft",
    State.SENT: "is with the council",
    State.CONFIRMED: "is confirmed by the council",
    State.WITHDRAWN: "was withdrawn",
}


class ProposalChanged(DomainError):
    """What would go on the journal is not what was looked at."""

    code = "council_journal_proposal_changed"


class NothingToSettle(DomainError):
    """There is nothing for a journal to settle."""

    code = "council_journal_empty"


class CouncilJournalNotInState(DomainError):
    """What is asked is not possible as the journal stands now."""

    code = "council_journal_not_in_state"


class CouncilJournalOutdated(DomainError):
    """Something on the draft was paid or credited since it was prepared."""

    code = "council_journal_outdated"


@transaction.atomic
def prepare_council_journal(*, authority: Organisation, on: date, expected_pence: int, actor: Actor) -> CouncilJournal:
    """A draft with its gapless number (CJ), its items and amounts as they stand on ``on``. Finance only.

    ``expected_pence`` is the total that was looked at (ProposalChanged for another). Refuses an empty journal
    (NothingToSettle). The invoices are locked, so that two at once never take one invoice onto two journals.
    """
    actor.require(*sorted(FINANCE), to="prepare council journals")
    found = propose_council_journal(authority=authority, on=on, actor=actor, lock=True)
    if not found.items:
        raise NothingToSettle(f"No invoice of a school of {authority.name} is ready for a journal. Nothing was made.")
    if found.gross_pence != expected_pence:
        raise ProposalChanged(
            f"What is ready now comes to {Money(found.gross_pence)}, not {Money(expected_pence)}. "
            "Nothing was made: look at it again.",
            gross_pence=found.gross_pence,
        )
    series.ensure_series(code=chart.COUNCIL_JOURNAL_SERIES, prefix="CJ")
    [number] = series.claim(series=chart.COUNCIL_JOURNAL_SERIES)
    made = CouncilJournal.objects.create(
        number=number, authority=authority, prepared_on=on,
        net_pence=found.net_pence, vat_pence=found.vat_pence, gross_pence=found.gross_pence,
    )  # fmt: skip
    _write_items(made, found)
    record("council_journal.prepared", made, actor, pence=made.gross_pence, on=on.isoformat())
    return made


def _write_items(journal: CouncilJournal, found: CouncilProposal) -> None:
    rows = CouncilJournalItem.objects.bulk_create(
        CouncilJournalItem(journal=journal, item=one.item, cost_centre=one.cost_centre, pence=one.pence)
        for one in found.items
    )
    CouncilJournalLine.objects.bulk_create(
        CouncilJournalLine(
            part=row, cfr_code=amount.cfr_code, net_pence=amount.net_pence, vat_pence=amount.vat_pence,
            gross_pence=amount.gross_pence,
        )
        for row, one in zip(rows, found.items, strict=True)
        for amount in one.amounts
    )  # fmt: skip


@transaction.atomic
def send_council_journal(*, journal: CouncilJournal, on: date, actor: Actor) -> CouncilJournal:
    """Records that the file went to the council, as it was prepared. Finance only.

    Raises CouncilJournalOutdated where something on it was paid or credited since: withdraw it and prepare another.
    """
    actor.require(*sorted(FINANCE), to="send council journals")
    found = locked(journal, [State.DRAFT], to="send it")
    if on < found.prepared_on:
        raise WrongInput(f"Date sent must be on or after {found.prepared_on:%-d %B %Y}, when it was prepared")
    parts = list(found.items.order_by("item_id").select_related("item__document"))
    now = lock_items(parts)
    changed = [part.item.document.number for part in parts if now[part.item_id] != part.pence]
    if changed:
        raise CouncilJournalOutdated(
            f"{', '.join(str(number) for number in changed[:5])}{' and others' if len(changed) > 5 else ''} "
            f"changed since {found.number} was prepared. Withdraw it and prepare another.",
            count=len(changed),
        )
    move(found, State.SENT, sent_on=on)
    record("council_journal.sent", found, actor, pence=found.gross_pence, on=on.isoformat())
    return found


@transaction.atomic
def withdraw_council_journal(*, journal: CouncilJournal, reason: str, on: date, actor: Actor) -> CouncilJournal:
    """Takes a draft, or one that the council does not post, back with a reason; its invoices are free for another."""
    actor.require(*sorted(FINANCE), to="withdraw council journals")
    text = clean_line(reason, what="Reason", limit=240)
    found = locked(journal, [State.DRAFT, State.SENT], to="withdraw it")
    move(found, State.WITHDRAWN, withdrawn_on=on, withdrawn_reason=text)
    found.items.update(live=False)
    record("council_journal.withdrawn", found, actor, text=text, pence=found.gross_pence)
    return found


def locked(journal: CouncilJournal, states: Sequence[State], *, to: str) -> CouncilJournal:
    """The journal as it stands, locked until the transaction ends. Refuses when it is in none of the states."""
    found = CouncilJournal.objects.select_for_update(of=("self",)).select_related("authority").get(pk=journal.pk)
    if found.state not in states:
        raise CouncilJournalNotInState(
            f"{found.number} {_WORDS[State(found.state)]}, so you cannot {to}. Look at it again.",
            state=str(found.state),
        )
    return found


def lock_items(parts: Sequence[CouncilJournalItem]) -> dict[int, int]:
    """What is still open of the parts' invoices by item id, locked in the order of their ids."""
    rows = ReceivableItem.objects.select_for_update().filter(pk__in=[part.item_id for part in parts]).order_by("pk")
    return {row.pk: row.outstanding_pence for row in rows}


def move(journal: CouncilJournal, to: State, **changes: Any) -> None:
    """One row from the state that it is in to another, with what changes at once."""
    if CouncilJournal.objects.filter(pk=journal.pk, state=journal.state).update(state=to, **changes) != 1:
        raise CouncilJournalNotInState(f"{journal.number} was moved by somebody else meanwhile. Look at it again.")
    journal.refresh_from_db()


def record(kind: str, journal: CouncilJournal, actor: Actor, *, text: str = "", **payload: Any) -> None:
    """The event of a move, with the council and every school on the journal."""
    schools = sorted(set(journal.items.values_list("item__organisation_id", flat=True)))
    events.record(
        kind=kind, subject_kind="council_journal", subject=journal.number,
        organisation_ids=[journal.authority_id, *schools], payload=payload, text={"reason": text}, actor=actor,
    )  # fmt: skip
