"""Preparing a payment batch, approving it as it was read, withdrawing it."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.errors import BatchChanged, BatchMoved, NothingToPay, PayeeChanged, SamePerson
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine, PaymentBatchPart
from invoicing.paying_out.proposing import Proposed, pay_day, propose_payments
from invoicing.paying_out.rules.orders import Account
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.errors import WrongInput
from marketplace.core.series import claim
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date

_STATE = PaymentBatch.State
_LINE_COLUMNS = (
    "id",
    "batch_id",
    "position",
    "provider_id",
    "payee_account_id",
    "pence",
    "reference",
    "state",
    "reason",
)
_PART_COLUMNS = ("line_id", "provider_invoice_id", "pence", "state")


@transaction.atomic
def prepare_batch(
    *,
    pay_on: date,
    payer: Account,
    bank_account: LedgerAccount,
    on: date,
    actor: Actor,
    provider_ids: Collection[int] | None = None,
) -> PaymentBatch:
    """Puts what is due by ``pay_on`` into a batch: all of it, or that of the providers chosen.

    Paid on that day, or on the working day before it where banks do not work. Held payments stay out. Of two people who
    prepare at once the second finds what the first left. Raises NothingToPay. Finance only.
    """
    actor.require(*sorted(FINANCE), to="prepare payment batches")
    day = pay_day(pay_on)
    if day < on:
        raise WrongInput(f"Banks work on {long_date(day)} last, which is over. Choose a later day.")
    [number] = claim(series=chart.PAYMENT_BATCH_SERIES)  # its row is held, so batches are prepared one after another
    paid = [one for one in propose_payments(pay_on=day, provider_ids=provider_ids) if not one.held]
    if not paid:
        raise NothingToPay(
            f"Nothing is due to be paid by {long_date(day)}, or all of it is held. Nothing was prepared."
        )
    batch = PaymentBatch.objects.create(
        number=number, pay_on=day, bank_account=bank_account, from_name=payer.name[:70],
        from_sort_code=payer.sort_code, from_account_number=payer.number, count=len(paid),
        pence=sum(one.pence for one in paid), prepared_by_id=_person(actor), prepared_on=on,
    )  # fmt: skip
    _write_lines(batch, paid)
    record("payment_batch.prepared", batch, actor, count=batch.count, pence=batch.pence)
    return batch


def _write_lines(batch: PaymentBatch, paid: Sequence[Proposed]) -> None:
    ids = next_ids(PaymentBatchLine, len(paid))
    state, under_way = PaymentBatchLine.State.TO_PAY.value, PaymentBatchPart.State.UNDER_WAY.value
    copy_rows(
        PaymentBatchLine,
        _LINE_COLUMNS,
        [
            (pk, batch.pk, position, one.provider.pk, one.account.pk if one.account else None, one.pence, batch.number,
             state, "")
            for position, (pk, one) in enumerate(zip(ids, paid, strict=True), start=1)
        ],
    )  # fmt: skip
    parts = [
        (pk, row.pk, pence, under_way)
        for pk, one in zip(ids, paid, strict=True)
        for row, pence in [
            *((row, row.outstanding_pence) for row in one.invoices),
            *((row, -pence) for row, pence in one.credits),
        ]
    ]
    copy_rows(PaymentBatchPart, _PART_COLUMNS, parts)


@transaction.atomic
def approve_batch(*, batch: PaymentBatch, seen: str, on: date, actor: Actor) -> PaymentBatch:
    """Approves a batch as it was read: ``seen`` is the hash of what the page showed. From then on it is frozen.

    Finance managers only, never who prepared it (SamePerson). Raises BatchChanged where it pays something else than was
    read, PayeeChanged where an account is not in force.
    """
    actor.require(Role.FINANCE_MANAGER, to="approve payment batches")
    found = locked(batch, _STATE.PREPARED)
    if _person(actor) == found.prepared_by_id:
        raise SamePerson("You prepared this batch, so someone else must approve it.")
    content = hash_of(found.pk)
    if content != seen:
        raise BatchChanged("This batch changed since you opened it. Nothing was approved. Read it again.")
    require_in_force(found)
    PaymentBatch.objects.filter(pk=found.pk).update(
        state=_STATE.APPROVED, approved_by_id=_person(actor), approved_on=on, content_hash=content
    )
    found.refresh_from_db()
    record("payment_batch.approved", found, actor, count=found.count, pence=found.pence, content=content)
    return found


@transaction.atomic
def withdraw_batch(*, batch: PaymentBatch, reason: str, actor: Actor) -> PaymentBatch:
    """Withdraws a batch that was not sent: what stood in it is due again. Finance only."""
    actor.require(*sorted(FINANCE), to="withdraw payment batches")
    found = locked(batch, _STATE.PREPARED, _STATE.APPROVED)
    words = clean_line(reason, what="Reason", limit=240)
    PaymentBatch.objects.filter(pk=found.pk).update(state=_STATE.WITHDRAWN, reason=words)
    PaymentBatchPart.objects.filter(line__batch=found).update(state=PaymentBatchPart.State.GIVEN_BACK)
    found.lines.update(state=PaymentBatchLine.State.WITHDRAWN)
    found.refresh_from_db()
    record("payment_batch.withdrawn", found, actor, text=words)
    return found


def require_in_force(batch: PaymentBatch) -> None:
    """Raises PayeeChanged with the names of those whose account may not be paid into on the day."""
    rows = batch.lines.select_related("payee_account", "provider").order_by("position")
    unfit = [
        line.provider.name
        for line in rows
        if line.payee_account.state != PayeeAccount.State.CONFIRMED
        or (line.payee_account.usable_from and line.payee_account.usable_from > batch.pay_on)
    ]
    if unfit:
        raise PayeeChanged(
            f"The bank details of {', '.join(unfit[:5])} changed since this batch was prepared, so nothing was sent. "
            "Withdraw the batch and prepare another without them.",
            detail=unfit[5:],
            providers=len(unfit),
        )


def locked(batch: PaymentBatch, *states: str) -> PaymentBatch:
    """The batch, locked, in one of the states, or BatchMoved."""
    found = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if found.state not in states:
        raise BatchMoved(f"{found.number} is {found.get_state_display().lower()} by now. Nothing was changed.")
    return found


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise WrongInput("Payments are prepared, approved and released by people.")
    return actor.person_id


def record(kind: str, batch: PaymentBatch, actor: Actor, *, text: str = "", **payload: Any) -> None:
    """The event of a change to a batch; nobody's account stands in it."""
    events.record(
        kind=kind,
        subject_kind="payment_batch",
        subject=batch.number,
        organisation_ids=[],
        payload={"state": str(batch.state), **payload},
        text={"reason": text} if text else None,
        actor=actor,
    )
