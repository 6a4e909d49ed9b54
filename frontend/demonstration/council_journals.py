"""Two council journals: one that the council confirmed and has paid in part, and one that waits for it."""

from datetime import date, timedelta

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.council_journals.models import CouncilJournal
from invoicing.council_journals.queries import journal_authorities
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    confirm_council_journal,
    prepare_council_journal,
    propose_council_journal,
    record_council_receipt,
    send_council_journal,
)
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation

_DAYS_AGO = (35, 21, 14, 7, 3)
_PAID_OVER = 3  # a third is still to come


def add_council_journals(directory: Directory, *, year: Year) -> None:
    """The first of the earliest of some days on which an invoice of the council's schools is still open."""
    officer, payments = directory.signed["finance_officer"], directory.signed["council_payments"]
    council = journal_authorities().get()
    for days in _DAYS_AGO:
        on = year.today - timedelta(days=days)
        if sent := _sent(council, on, officer):
            _confirmed(sent, on + timedelta(days=2), year.today, officer, payments)
            break
    before_last_batch = year.last_batch - timedelta(days=1)  # what was issued since is ready for the next
    if _sent(council, before_last_batch, officer) is None:
        _sent(council, year.today, officer)


def _sent(council: Organisation, on: date, officer: Actor) -> CouncilJournal | None:
    """A journal of what is ready on a day, sent the same day; None where nothing is."""
    ready = propose_council_journal(authority=council, on=on, actor=officer)
    if not ready.items:
        return None
    made = prepare_council_journal(authority=council, on=on, expected_pence=ready.gross_pence, actor=officer)
    return send_council_journal(journal=made, on=on, actor=officer)


def _confirmed(sent: CouncilJournal, on: date, today: date, officer: Actor, payments: Actor) -> None:
    """Posted by the council, which has paid two thirds of it over."""
    done = confirm_council_journal(journal=sent, reference="GL 2026/0418", on=min(on, today), actor=payments)
    whole = done.confirmed_pence or 0
    record_council_receipt(
        journal=done, pence=whole - whole // _PAID_OVER, received_on=today, reference=f"{done.number} PART",
        bank_account=LedgerAccount.objects.get(pk="1010"), actor=officer,
    )  # fmt: skip
