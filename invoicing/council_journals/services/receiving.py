"""The money of a confirmed journal: bank → council journals to be received, and taking a record back."""

from datetime import date

from django.db import transaction
from django.db.models import F

from invoicing.council_journals.models import CouncilJournal, CouncilJournalReceipt
from invoicing.council_journals.services.preparing import State, locked, record
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.bulk import next_ids
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line


class ReceivedTooMuch(DomainError):
    """More than the council has confirmed and not paid over yet."""

    code = "council_journal_received_too_much"


class CouncilReceiptUndone(DomainError):
    """What was recorded as received is taken back once."""

    code = "council_journal_receipt_undone"


@transaction.atomic
def record_council_receipt(
    *,
    journal: CouncilJournal,
    pence: int,
    received_on: date,
    reference: str,
    bank_account: LedgerAccount,
    actor: Actor,
) -> CouncilJournalReceipt:
    """Records that the council paid over ``pence`` of a confirmed journal, wholly or in part. Finance only.

    Refuses more than is left (ReceivedTooMuch): the rest is a receipt on the council's account.
    """
    actor.require(*sorted(FINANCE), to="record what a council paid")
    if pence <= 0:
        raise WrongInput("An amount received must be more than £0.00")
    found = locked(journal, [State.CONFIRMED], to="record it as received")
    if found.confirmed_on is None or received_on < found.confirmed_on:
        raise WrongInput(f"Received on must be on or after {found.confirmed_on:%-d %B %Y}, when it was confirmed")
    left = CouncilJournal.objects.filter(pk=found.pk, confirmed_pence__gte=F("received_pence") + pence)
    if left.update(received_pence=F("received_pence") + pence) != 1:
        raise ReceivedTooMuch(
            f"Only {Money(found.left_pence)} of {found.number} is still to come, not {Money(pence)}. "
            f"Record the rest as a receipt of {found.authority.name}.",
            remaining=found.left_pence,
        )
    [pk] = next_ids(CouncilJournalReceipt, 1)
    [entry] = post(
        entries=[
            NewEntry(
                kind="council_journal_receipt", source_key=f"council-journal-receipt:{pk}", on=received_on,
                narrative=f"{found.number} paid over by {found.authority.name}",
                movements=[
                    NewMovement(
                        debit=bank_account.code, credit=chart.COUNCIL_JOURNALS, credit_party=found.authority_id,
                        pence=pence,
                    )
                ],
            )
        ],
        actor=actor,
    )  # fmt: skip
    made = CouncilJournalReceipt.objects.create(
        pk=pk, journal=found, pence=pence, received_on=received_on, bank_account=bank_account, entry_id=entry,
        reference=clean_line(reference, what="Reference", limit=120, required=False),
    )  # fmt: skip
    record("council_journal.received", found, actor, pence=pence, entry=entry)
    return made


@transaction.atomic
def undo_council_receipt(
    *, receipt: CouncilJournalReceipt, reason: str, on: date, actor: Actor
) -> CouncilJournalReceipt:
    """Takes a record back by a reversing entry; the council owes as much again. Finance only."""
    actor.require(*sorted(FINANCE), to="undo what was recorded as received")
    text = clean_line(reason, what="Reason", limit=200)
    journal = locked(receipt.journal, [State.CONFIRMED], to="undo what was received")
    found = CouncilJournalReceipt.objects.select_for_update().get(pk=receipt.pk)
    if found.undone_on is not None:
        raise CouncilReceiptUndone(f"This was taken back on {found.undone_on:%-d %B %Y} already.")
    entry = reverse(entry_id=found.entry_id, on=on, narrative=f"{journal.number}, receipt undone: {text}", actor=actor)
    CouncilJournalReceipt.objects.filter(pk=found.pk, undone_on__isnull=True).update(
        undone_on=on, undone_entry_id=entry
    )
    back = CouncilJournal.objects.filter(pk=journal.pk, received_pence__gte=found.pence)
    if back.update(received_pence=F("received_pence") - found.pence) != 1:
        raise RuntimeError(f"{journal.number} had received less than this receipt")
    record("council_journal.receipt_undone", journal, actor, text=text, pence=found.pence)
    found.refresh_from_db()
    return found
