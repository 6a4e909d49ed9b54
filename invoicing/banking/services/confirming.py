"""Explaining a bank line: as a receipt that settles invoices, as an unidentified receipt, or as another posting.

| state of a line | verb | becomes |
|---|---|---|
| unmatched | confirm_match, record_other | matched |
| unmatched | mark_unidentified | unidentified |
| unmatched | ignore_line | ignored |
| unidentified | confirm_match, identify | matched |
| matched, unidentified, ignored | undo_match | what it was before |

Each change is one conditional update of the line's state, so of two people one is told that the line is taken.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from invoicing.banking.models import BankAccount, BankLine, BankMatch
from invoicing.banking.queries import sure_of
from invoicing.banking.rules.candidates import Proposal
from invoicing.banking.services.errors import LineTaken, WrongMatch
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.receivables.receipts import record_receipt
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

_STATE = BankLine.State
INSTEAD: dict[str, str] = {
    chart.UNIDENTIFIED: "Mark the line as an unidentified receipt, or match it to the payer.",
    chart.REFUNDS_TO_PAY: "Record the refund as paid under Refunds to pay, then this line as not for the ledger.",
    chart.VAT_OUTPUT: "A locked VAT return moves it to 2220 VAT due to HMRC. Choose that account.",
    chart.VAT_INPUT: "A locked VAT return moves it to 2220 VAT due to HMRC. Choose that account.",
    chart.VAT_ON_FUTURE_INSTALMENTS: "It moves by itself on the days of the instalments. Choose another account.",
    chart.FUNDS: "Choose the account of the income or cost, then set money aside for a fund by a journal.",
    chart.OPENING: "Only the opening position is posted to it. Choose another account, such as 3000.",
}  # accounts that are the sum of their items, though no customer or supplier stands on them, and the way to do it


def may_match(actor: Actor) -> None:
    """Raises NotAllowed unless the actor is a finance officer or manager."""
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="match bank lines")


def claim(line: BankLine, *states: BankLine.State, to: BankLine.State) -> BankLine.State:
    """Moves a line on from one of the states and returns which it was. Raises LineTaken when it is in none of them."""
    for state in states:
        if BankLine.objects.filter(pk=line.pk, state=state).update(state=to) == 1:
            line.state = to
            return state
    line.refresh_from_db(fields=["state"])
    raise LineTaken(
        f"The line of {line.on:%-d %B %Y}, {Money(line.pence)}, is {line.get_state_display().lower()} by now: somebody"
        " else was first. Nothing was changed. Open the list again.",
        line=line.pk,
        state=line.state,
    )


@transaction.atomic
def confirm_match(*, line: BankLine, proposal: Proposal, actor: Actor) -> BankMatch:
    """Records the receipt on the payer's account and sets it, and the credit notes beside it, against the invoices.

    Works for an unmatched line and for an unidentified receipt (then out of unidentified receipts, not the bank). What
    is not allocated stays on the payer's account. Refuses money out, a proposal that spends more than came in, and an
    item that is no longer open for that much (AllocationTooLarge); of two people, the second gets LineTaken.
    """
    may_match(actor)
    _check(line, proposal)
    before = claim(line, _STATE.UNMATCHED, _STATE.UNIDENTIFIED, to=_STATE.MATCHED)
    suspense = _leave_suspense(line) if before == _STATE.UNIDENTIFIED else None
    payer = Organisation.objects.get(pk=proposal.payer_id)
    receipt = record_receipt(
        source_key=_source(line),
        payer=payer,
        pence=line.pence,
        received_on=line.on,
        reference=line.description[:110],
        bank_account=LedgerAccount.objects.get(pk=chart.UNIDENTIFIED) if suspense else line.account.ledger_account,
        actor=actor,
    )
    set_off = _allocate(line, receipt, proposal, actor)
    match = BankMatch.objects.create(
        line=line,
        kind=BankMatch.Kind.RECEIPT,
        confidence=proposal.confidence,
        reason=proposal.reason[:600],
        receipt=receipt,
        identifies=suspense,
        **_by(actor),
    )
    match.set_off.set(set_off)
    record("bank_line.matched", match, [payer.pk], actor)
    return match


def _check(line: BankLine, proposal: Proposal) -> None:
    spent = sum(pence for _, pence in proposal.allocations)
    amounts = [pence for _, pence in proposal.allocations] + [pence for _, _, pence in proposal.credits]
    if line.pence <= 0:
        raise WrongMatch("Money that went out is not a customer's payment. Post it to another account.")
    if any(pence <= 0 for pence in amounts):
        raise WrongMatch("Each amount set against an invoice must be more than £0.00")
    if spent > line.pence:
        raise WrongMatch(
            f"{Money(spent)} is more than the {Money(line.pence)} that came in. Take an invoice or an amount off.",
            over=spent - line.pence,
        )
    if not (proposal.allocations or proposal.credits or proposal.payer_id):
        raise WrongMatch("Choose who paid")


def _allocate(line: BankLine, receipt: UnallocatedItem, proposal: Proposal, actor: Actor) -> list[Allocation]:
    """Sets receipt and credit notes against the items, not before those were invoiced; returns the credit notes' part."""
    item_ids = {item for item, _ in proposal.allocations} | {item for _, item, _ in proposal.credits}
    items = {i.pk: i for i in ReceivableItem.objects.filter(pk__in=item_ids).select_related("document")}
    notes = UnallocatedItem.objects.filter(pk__in={credit for credit, _, _ in proposal.credits})
    credits = {note.pk: note for note in notes.select_related("document")}
    if len(items) < len(item_ids) or len(credits) < len({credit for credit, _, _ in proposal.credits}):
        raise WrongMatch("An invoice or credit note chosen does not exist. Open the line again.")
    if any(note.kind != UnallocatedItem.Kind.CREDIT_NOTE for note in credits.values()):
        raise WrongMatch("Only credit notes are set off beside a payment. Allocate other receipts by themselves.")
    pairs = [(credits[credit], items[item], pence) for credit, item, pence in proposal.credits]
    set_off = len(pairs)
    pairs += [(receipt, items[item], pence) for item, pence in proposal.allocations]
    if not pairs:
        return []
    on = max([line.on, *(item.document.issued_on for item in items.values())])
    return allocate_many(pairs=pairs, on=on, actor=actor)[:set_off]


def _leave_suspense(line: BankLine) -> BankMatch:
    match = line.matches.get(state=BankMatch.State.CONFIRMED, kind=BankMatch.Kind.UNIDENTIFIED)
    match.state = BankMatch.State.IDENTIFIED
    match.save(update_fields=["state"])
    return match


@transaction.atomic
def confirm_sure(*, account: BankAccount, at: Decimal, line_ids: Sequence[int], actor: Actor) -> list[BankMatch]:
    """Confirms, of the lines named, those that are still sure at ``at``; the others stay as they are."""
    may_match(actor)
    lines = BankLine.objects.select_for_update(of=("self",)).select_related("account__ledger_account")
    wanted = lines.filter(account=account, pk__in=line_ids, state=_STATE.UNMATCHED, pence__gt=0)
    locked = sorted(wanted.order_by("pk"), key=lambda line: (line.on, line.statement_id, line.position))
    return [confirm_match(line=line, proposal=proposal, actor=actor) for line, proposal in list(sure_of(locked, at=at))]


@transaction.atomic
def identify(*, line: BankLine, payer: Organisation, actor: Actor) -> BankMatch:
    """Puts a receipt on a payer's account without setting it against anything yet."""
    reason = f"{payer.name} was found to be the payer of {Money(line.pence)}."
    return confirm_match(line=line, proposal=Proposal(Decimal(1), reason, payer.pk), actor=actor)


@transaction.atomic
def mark_unidentified(*, line: BankLine, actor: Actor) -> BankMatch:
    """Books money in whose payer is not known: bank → unidentified receipts. It is identified later or sent back."""
    may_match(actor)
    if line.pence <= 0:
        raise WrongMatch("Only money that came in can be an unidentified receipt. Post money out to another account.")
    claim(line, _STATE.UNMATCHED, to=_STATE.UNIDENTIFIED)
    reason = f"Nobody knows yet who paid {Money(line.pence)}."
    entry = _post(line, chart.UNIDENTIFIED, "unidentified_receipt", f"Unidentified receipt: {line.description}", actor)
    return _posted(line, BankMatch.Kind.UNIDENTIFIED, reason, entry, actor)


@transaction.atomic
def record_other(*, line: BankLine, account_code: str, narrative: str, actor: Actor) -> BankMatch:
    """Posts a line that is no customer's payment, such as bank charges (7100) or interest (4900), in either direction.

    Refuses control accounts, which stand for customers and suppliers, the accounts of ``INSTEAD`` and the account itself.
    """
    may_match(actor)
    narrative = clean_line(narrative, what="What it is for", limit=200)
    account = LedgerAccount.objects.filter(pk=account_code).first()
    if account is None:
        raise WrongInput(f"There is no ledger account {account_code}. Choose one from the list.")
    if account.control or account.pk in INSTEAD or account.pk == line.account.ledger_account_id:
        way = INSTEAD.get(account.pk, "Match customers' payments to invoices, or choose another account.")
        raise WrongMatch(f"{account} is not for this. {way}")
    claim(line, _STATE.UNMATCHED, to=_STATE.MATCHED)
    stream = "OT" if account.type == LedgerAccount.Type.INCOME else None
    entry = _post(line, account.pk, "bank", narrative, actor, stream=stream)
    return _posted(line, BankMatch.Kind.OTHER, f"{account}: {narrative}", entry, actor)


@transaction.atomic
def ignore_line(*, line: BankLine, reason: str, actor: Actor) -> BankMatch:
    """Keeps a line out of the ledger because it stands there already: the other side of a transfer between own
    accounts, or a line from before the opening balances."""
    may_match(actor)
    reason = clean_line(reason, what="Reason", limit=200)
    claim(line, _STATE.UNMATCHED, to=_STATE.IGNORED)
    return _posted(line, BankMatch.Kind.IGNORED, reason, None, actor)


def _post(line: BankLine, other: str, kind: str, narrative: str, actor: Actor, stream: str | None = None) -> int:
    """One movement between the bank and another account, on the line's day."""
    bank = line.account.ledger_account_id
    debit, credit = (bank, other) if line.pence > 0 else (other, bank)
    movement = NewMovement(debit=debit, credit=credit, pence=abs(line.pence), stream=stream)
    [entry] = post(
        entries=[NewEntry(kind=kind, source_key=_source(line), on=line.on, narrative=narrative, movements=[movement])],
        actor=actor,
    )
    return entry


def _posted(line: BankLine, kind: BankMatch.Kind, reason: str, entry: int | None, actor: Actor) -> BankMatch:
    match = BankMatch.objects.create(line=line, kind=kind, reason=reason, entry_id=entry, **_by(actor))
    record(f"bank_line.{kind}", match, [], actor, reason=reason)
    return match


def _source(line: BankLine) -> str:
    """Unique per line and attempt: the line's state is claimed, so nobody else counts at the same time."""
    return f"bank-line:{line.pk}:{line.matches.count() + 1}"


def _by(actor: Actor) -> dict[str, int | str | None]:
    label = "" if actor.person_id else actor.name[:60]
    return {"confirmed_by_person_id": actor.person_id, "confirmed_by_label": label}


def record(kind: str, match: BankMatch, organisation_ids: list[int], actor: Actor, reason: str = "") -> None:
    """The event of a change to a line."""
    events.record(
        kind=kind,
        subject_kind="bank_line",
        subject=str(match.line_id),
        organisation_ids=organisation_ids,
        payload={"match": match.pk, "confidence": str(match.confidence), "pence": match.line.pence},
        text={"reason": reason},
        actor=actor,
    )
