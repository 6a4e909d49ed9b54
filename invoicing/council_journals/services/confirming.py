"""The council's word that it posted a journal: its schools' invoices are settled, and the council owes the money."""

from datetime import date

from django.db import transaction

from invoicing.council_journals.models import CouncilJournal, CouncilJournalItem
from invoicing.council_journals.services.preparing import (
    NothingToSettle,
    State,
    lock_items,
    locked,
    move,
    record,
)
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.models import UnallocatedItem
from marketplace.core.actors import FINANCE, FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.text import clean_line


@transaction.atomic
def confirm_council_journal(*, journal: CouncilJournal, reference: str, on: date, actor: Actor) -> CouncilJournal:
    """Records that the council posted a sent journal on ``on`` under its ``reference``, and settles its invoices.

    By finance, or by a council payments officer of that council (NotFound for anybody else). Posts council journals to
    be received → money on account (council) → receivable (school) in one transaction. What was paid or credited
    meanwhile drops out and stays settled as it was: ``confirmed_pence`` says what is left. Where nothing is left it
    refuses (NothingToSettle).
    """
    require_confirmer(journal, actor)
    text = clean_line(reference, what="Council's reference", limit=60)
    found = locked(journal, [State.SENT], to="confirm it")
    if found.sent_on is None or on < found.sent_on:
        raise WrongInput(f"Date confirmed must be on or after {found.sent_on:%-d %B %Y}, when it was sent")
    parts = list(found.items.order_by("item_id").select_related("item__document"))
    now = lock_items(parts)
    settled = {part.pk: min(part.pence, now[part.item_id]) for part in parts}
    total = sum(settled.values())
    if not total:
        raise NothingToSettle(
            f"Everything on {found.number} was paid or credited meanwhile, so nothing is left to settle. Withdraw it."
        )
    source = _on_account(found, total, on, actor)
    allocate_many(
        pairs=[(source, part.item, settled[part.pk]) for part in parts if settled[part.pk]], on=on, actor=actor
    )
    for part in parts:
        part.live, part.settled_pence = False, settled[part.pk]
    CouncilJournalItem.objects.bulk_update(parts, ["live", "settled_pence"])
    move(
        found, State.CONFIRMED, confirmed_on=on, council_reference=text, confirmed_pence=total,
        on_account_id=source.pk,
    )  # fmt: skip
    record("council_journal.confirmed", found, actor, pence=total, dropped_pence=found.dropped_pence, reference=text)
    return found


def require_confirmer(journal: CouncilJournal, actor: Actor) -> None:
    """Finance, or a council payments officer of the journal's council; it does not exist for others but who reads finance."""
    own = actor.organisations(Role.COUNCIL_PAYMENTS)
    if actor.system or actor.has(*FINANCE) or journal.authority_id in own:
        return
    if actor.has(*FINANCE_READERS):
        actor.require(*FINANCE, to="confirm council journals")
    else:
        raise NotFound(f"There is no council journal {journal.number}.")


def _on_account(journal: CouncilJournal, pence: int, on: date, actor: Actor) -> UnallocatedItem:
    """What the council confirmed, on its account: the source that settles its schools' invoices."""
    key = f"council-journal:{journal.number}"
    council = journal.authority_id
    [entry] = post(
        entries=[
            NewEntry(
                kind="council_journal", source_key=key, on=on,
                narrative=f"{journal.number} confirmed by {journal.authority.name}",
                movements=[
                    NewMovement(
                        debit=chart.COUNCIL_JOURNALS, debit_party=council, credit=chart.UNALLOCATED,
                        credit_party=council, pence=pence,
                    )
                ],
            )
        ],
        actor=actor,
    )  # fmt: skip
    return UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.JOURNAL, source_key=key, organisation_id=council, received_on=on,
        reference=journal.number, pence=pence, remaining_pence=pence, entry_id=entry,
    )  # fmt: skip
