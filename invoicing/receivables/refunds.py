"""Money on account that goes back to the customer, or is carried to another one by a recorded choice.

Never more than is there: the money on account moves by conditional update, so what was received or credited once goes
back, is carried or is set against an invoice once.
"""

from datetime import date

from django.db import transaction
from django.db.models import F

from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.keeping import kept_stays
from invoicing.receivables.models import Carry, Refund, UnallocatedItem
from invoicing.second_person.limits import require_alone
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import executes, prepare
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.bulk import next_ids
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation


class MoreThanOnAccount(DomainError):
    """More than is left of the money on account."""

    code = "more_than_on_account"


class AlreadyPaid(DomainError):
    """A refund leaves the bank once."""

    code = "refund_already_paid"


@transaction.atomic
def refund(*, source: UnallocatedItem, pence: int, reason: str, on: date, actor: Actor) -> Refund:
    """Owes ``pence`` of a receipt or credit back to the customer: money on account → refunds to pay.

    Raises NeedsSecondPerson above what one person may refund, MoreThanOnAccount beyond what is left.
    """
    actor.require(*FINANCE, to="refund customers")
    require_alone(action=Action.REFUND, pence=pence, on=on, actor=actor)
    return _refund(source=source, pence=pence, reason=reason, on=on, actor=actor)


def prepare_refund(*, source: UnallocatedItem, pence: int, reason: str, actor: Actor) -> PreparedAction:
    """Puts a refund before a finance manager."""
    _check(source, pence)
    return prepare(
        action=Action.REFUND,
        organisation=source.organisation,
        subject=_subject(source),
        pence=pence,
        arguments={"source": source.pk},
        reason=reason,
        actor=actor,
    )


@transaction.atomic
def pay_refund(*, refund: Refund, bank_account: LedgerAccount, reference: str, on: date, actor: Actor) -> Refund:
    """Records that a refund has left the bank: refunds to pay → bank. Raises AlreadyPaid for a second time."""
    actor.require(*FINANCE, to="record payments")
    locked = Refund.objects.select_for_update().get(pk=refund.pk)
    if locked.paid_on is not None:
        raise AlreadyPaid(f"This refund was paid on {locked.paid_on:%-d %B %Y} already.")
    if on < locked.refunded_on:
        raise WrongInput(f"Date paid must be on or after {locked.refunded_on:%-d %B %Y}, when it was approved")
    reference = clean_line(reference, what="Reference", limit=60, required=False)
    [entry] = post(
        entries=[
            NewEntry(
                kind="refund_paid",
                source_key=f"refund-paid:{locked.pk}",
                on=on,
                narrative=f"Refund paid to {locked.source.organisation.name}",
                movements=[NewMovement(chart.REFUNDS_TO_PAY, bank_account.code, locked.pence)],
            )
        ],
        actor=actor,
    )
    Refund.objects.filter(pk=locked.pk, paid_on__isnull=True).update(
        paid_on=on, paid_reference=reference, paid_entry_id=entry
    )
    locked.refresh_from_db()
    _record("refund.paid", locked.source, locked.pence, "", actor)
    return locked


@transaction.atomic
def carry(*, source: UnallocatedItem, to: Organisation, pence: int, reason: str, on: date, actor: Actor) -> Carry:
    """Makes ``pence`` of one customer's money on account another's: a closed school's its council's, for one.

    Raises NeedsSecondPerson above what one person may carry, MoreThanOnAccount beyond what is left.
    """
    actor.require(*FINANCE, to="carry money to another customer")
    require_alone(action=Action.CARRY, pence=pence, on=on, actor=actor)
    return _carry(source=source, to=to, pence=pence, reason=reason, on=on, actor=actor)


def prepare_carry(
    *, source: UnallocatedItem, to: Organisation, pence: int, reason: str, actor: Actor
) -> PreparedAction:
    """Puts the choice to carry money to another customer before a finance manager."""
    _check(source, pence)
    _check_two(source, to)
    return prepare(
        action=Action.CARRY,
        organisation=source.organisation,
        subject=_subject(source),
        pence=pence,
        arguments={"source": source.pk, "to": to.pk, "to_name": to.name},
        reason=reason,
        actor=actor,
    )


def _subject(source: UnallocatedItem) -> str:
    """What is refunded or carried, in a few words: the credit note's number, or the customer's and the day."""
    if source.document is not None:
        return source.document.number or ""
    return f"{source.organisation.number} of {source.received_on:%-d %b %Y}, no. {source.pk}"[:40]


def _check(source: UnallocatedItem, pence: int) -> None:
    if pence <= 0:
        raise WrongInput("Amount must be more than £0.00")
    if source.kind == UnallocatedItem.Kind.WRITE_OFF:
        raise WrongInput("A debt that was written off is no money. Undo the write-off instead.")
    if source.kind == UnallocatedItem.Kind.JOURNAL:
        raise WrongInput("What a council confirmed by journal stays with its schools. Set it against their invoices.")
    if pence > source.remaining_pence:
        raise MoreThanOnAccount(
            f"Only {Money(source.remaining_pence)} is left on account, not {Money(pence)}. Nothing was done: a smaller amount is needed.",
            remaining=source.remaining_pence,
        )


def _check_two(source: UnallocatedItem, to: Organisation) -> None:
    if to.pk == source.organisation_id:
        raise WrongInput(f"The money is on the account of {to.name} already. Choose another customer.")


def _take(source: UnallocatedItem, pence: int) -> UnallocatedItem:
    """Takes it off the account, with the row locked. Raises MoneyKept where some of it is kept for what was ordered."""
    locked = UnallocatedItem.objects.select_for_update(of=("self",)).select_related("organisation", "document")
    found = locked.filter(pk=source.pk).first()
    if found is None:
        raise NotFound("There is no such money on account.")
    _check(found, pence)
    with kept_stays():
        taken = UnallocatedItem.objects.filter(pk=found.pk, remaining_pence__gte=pence).update(
            remaining_pence=F("remaining_pence") - pence
        )
    if taken != 1:
        raise MoreThanOnAccount(f"Less than {Money(pence)} is left on account by now.")
    return found


def _refund(*, source: UnallocatedItem, pence: int, reason: str, on: date, actor: Actor) -> Refund:
    reason = clean_line(reason, what="Reason", limit=240)
    found = _take(source, pence)
    [pk] = next_ids(Refund, 1)
    day = max(on, found.received_on)
    [entry] = post(
        entries=[
            NewEntry(
                kind="refund",
                source_key=f"refund:{pk}",
                on=day,
                narrative=f"Refund due to {found.organisation.name}: {reason}",
                movements=[
                    NewMovement(chart.UNALLOCATED, chart.REFUNDS_TO_PAY, pence, debit_party=found.organisation_id)
                ],
            )
        ],
        actor=actor,
    )
    made = Refund.objects.create(pk=pk, source=found, pence=pence, refunded_on=day, reason=reason, entry_id=entry)
    _record("refund.made", found, pence, reason, actor)
    return made


def _carry(*, source: UnallocatedItem, to: Organisation, pence: int, reason: str, on: date, actor: Actor) -> Carry:
    reason = clean_line(reason, what="Reason", limit=240)
    found = _take(source, pence)
    _check_two(found, to)
    [pk] = next_ids(Carry, 1)
    day = max(on, found.received_on)
    [entry] = post(
        entries=[
            NewEntry(
                kind="carry",
                source_key=f"carry:{pk}",
                on=day,
                narrative=f"Carried from {found.organisation.name} to {to.name}: {reason}",
                movements=[
                    NewMovement(
                        chart.UNALLOCATED, chart.UNALLOCATED, pence,
                        debit_party=found.organisation_id, credit_party=to.pk,
                    )
                ],
            )
        ],
        actor=actor,
    )  # fmt: skip
    target = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.CARRIED,
        source_key=f"carry:{pk}",
        organisation=to,
        received_on=day,
        reference=f"From {found.organisation.name}"[:120],
        pence=pence,
        remaining_pence=pence,
        entry_id=entry,
    )
    made = Carry.objects.create(pk=pk, source=found, target=target, pence=pence, reason=reason)
    _record("money.carried", found, pence, reason, actor, also=to.pk)
    return made


def _record(
    kind: str, source: UnallocatedItem, pence: int, reason: str, actor: Actor, *, also: int | None = None
) -> None:
    events.record(
        kind=kind,
        subject_kind="receipt",
        subject=str(source.pk),
        organisation_ids=[source.organisation_id, *([also] if also else [])],
        payload={"pence": pence},
        text={"reason": reason} if reason else None,
        actor=actor,
    )


def _execute_refund(prepared: PreparedAction, on: date, actor: Actor) -> str:
    source = UnallocatedItem.objects.get(pk=prepared.arguments["source"])
    made = _refund(source=source, pence=prepared.pence, reason=prepared.reason, on=on, actor=actor)
    return f"Refund {made.pk}"


def _execute_carry(prepared: PreparedAction, on: date, actor: Actor) -> str:
    source = UnallocatedItem.objects.get(pk=prepared.arguments["source"])
    to = Organisation.objects.get(pk=prepared.arguments["to"])
    _carry(source=source, to=to, pence=prepared.pence, reason=prepared.reason, on=on, actor=actor)
    return to.number


executes(Action.REFUND, _execute_refund)
executes(Action.CARRY, _execute_carry)
