"""Releasing an approved batch: its file is written, what is owed is on its way; and what to do when the bank is silent.

| state of a batch | verb | becomes |
|---|---|---|
| approved | release_batch | sent |
| sent | mark_unknown | unknown |
| unknown | found_sent | sent |
| sent, unknown | fail_sending | approved |
| sent, unknown | the bank's lines, reject_payment | confirmed |
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from invoicing.payees.queries import holds_on
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.errors import BatchChanged, BatchMoved, PayeeChanged, SamePerson, SentAlready
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine, PaymentSending, ReleaserAppointment
from invoicing.paying_out.preparing import locked, record, require_in_force
from invoicing.paying_out.rules import pain001, plain_csv, standard18
from invoicing.paying_out.rules.orders import Account, CannotWrite, Payment, PaymentOrder
from invoicing.provider_invoices.models import ProviderInvoiceLine
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.text import clean_line

_STATE = PaymentBatch.State
WRITERS: dict[str, Callable[[PaymentOrder], bytes]] = {
    PaymentSending.Form.STANDARD_18: standard18.write,
    PaymentSending.Form.PAIN_001: pain001.write,
    PaymentSending.Form.CSV: plain_csv.write,
}


def may_release(actor: Actor, on: date) -> bool:
    """Finance, and whoever is appointed to release from outside on that day."""
    if actor.person_id is None:
        return False
    appointed = ReleaserAppointment.objects.filter(person_id=actor.person_id, valid_from__lte=on, valid_to__gt=on)
    return actor.has(*FINANCE) or appointed.exists()


@transaction.atomic
def release_batch(
    *, batch: PaymentBatch, form: str, command_key: str, at: datetime, on: date, actor: Actor, user_number: str = ""
) -> PaymentSending:
    """Sends an approved batch once: writes its file, takes the sums off the invoices, posts payables → on their way.

    The same ``command_key`` again returns the sending that exists. Never by who prepared or approved it (SamePerson).
    Refused, with nothing sent: something changed since approval (BatchChanged), an account not in force or a payment held
    by now (PayeeChanged, with names), a batch that left already or perhaps (SentAlready). ``user_number`` is for Bacs.
    """
    if actor.person_id is None or not may_release(actor, on):
        raise NotFound("There is no such page.")
    return release(
        batch=batch, form=form, command_key=command_key, at=at, on=on, actor=actor, person_id=actor.person_id,
        user_number=user_number,
    )  # fmt: skip


def release(
    *, batch: PaymentBatch, form: str, command_key: str, at: datetime, on: date, actor: Actor, person_id: int,
    user_number: str,
) -> PaymentSending:  # fmt: skip
    """The same by ``person_id``, whose right to release the caller has seen; in the caller's transaction."""
    found = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if again := PaymentSending.objects.filter(command_key=command_key, batch=found).first():
        return again
    _require_releasable(found, person_id)
    order = order_of(found, at=at, user_number=user_number)
    content = _written(order, form)
    _take_off(found, sign=-1)
    entry = _post(found, order.number, on, actor)
    sending = PaymentSending.objects.create(
        batch=found, ordinal=_ordinal(found), command_key=command_key[:80], form=form, content=content,
        sha256=hashlib.sha256(content).hexdigest(), entry_id=entry, sent_by_id=person_id, sent_on=on,
    )  # fmt: skip
    PaymentBatch.objects.filter(pk=found.pk).update(
        state=_STATE.SENT, released_by_id=person_id, released_on=on
    )  # fmt: skip
    found.lines.update(state=PaymentBatchLine.State.SENT)
    found.refresh_from_db()
    record(
        "payment_batch.sent", found, actor, count=found.count, pence=found.pence, sending=sending.ordinal,
        sha256=sending.sha256,
    )  # fmt: skip
    return sending


def _require_releasable(found: PaymentBatch, person_id: int) -> None:
    if found.state in (_STATE.SENT, _STATE.UNKNOWN, _STATE.CONFIRMED):
        words = {
            _STATE.UNKNOWN: "It is not known yet whether the bank took it, so it is not sent again. Ask the bank first.",
            _STATE.SENT: "It is on its way, so it is not sent again.",
            _STATE.CONFIRMED: "The bank confirmed it, so it is not sent again.",
        }
        raise SentAlready(f"{found.number} was sent. {words[_STATE(found.state)]}", state=found.state)
    if found.state != _STATE.APPROVED:
        raise BatchMoved(f"{found.number} is not approved, so it cannot be released. Nothing was sent.")
    if person_id in (found.prepared_by_id, found.approved_by_id):
        did = "prepared" if person_id == found.prepared_by_id else "approved"
        raise SamePerson(f"You {did} this batch, so someone else must release it.")
    if hash_of(found.pk) != found.content_hash:
        raise BatchChanged(f"{found.number} is not what was approved. Nothing was sent. Tell the auditor.")
    with connection.cursor() as cursor:  # a change of account that is being confirmed is waited for
        cursor.execute(_SHARE_ACCOUNTS, [found.pk])
    require_in_force(found)
    _require_not_held(found)


_SHARE_ACCOUNTS = """
SELECT 1 FROM invoicing_payeeaccount a JOIN invoicing_paymentbatchline l ON l.payee_account_id = a.id
WHERE l.batch_id = %s ORDER BY a.id FOR SHARE OF a
"""


def _require_not_held(batch: PaymentBatch) -> None:
    """A hold placed since stops the whole batch: its totals are frozen."""
    names = dict(batch.lines.values_list("provider_id", "provider__name"))
    holds = [hold for each in holds_on(names).values() for hold in each]
    lines = ProviderInvoiceLine.objects.filter(
        payable__source_key__in=[hold.payable_source for hold in holds if hold.payable_source],
        invoice__payment_parts__line__batch=batch,
    )
    held = set(lines.values_list("payable__source_key", flat=True))
    stopped = sorted({names[one.provider_id] for one in holds if not one.payable_source or one.payable_source in held})
    if stopped:
        raise PayeeChanged(
            f"Payments to {', '.join(stopped[:5])} are held since this batch was prepared, so nothing was sent. "
            "Lift the hold, or withdraw the batch and prepare another.",
            detail=stopped[5:],
            providers=len(stopped),
        )


def order_of(batch: PaymentBatch, *, at: datetime, user_number: str = "") -> PaymentOrder:
    """What the file says; its number is the batch's with that of the sending."""
    rows = batch.lines.select_related("payee_account").order_by("position")
    payments = tuple(
        Payment(
            Account(line.payee_account.account_name, line.payee_account.sort_code, line.payee_account.account_number),
            line.pence, line.reference, f"Payment {batch.number}",
        )
        for line in rows
    )  # fmt: skip
    payer = Account(batch.from_name, batch.from_sort_code, batch.from_account_number)
    return PaymentOrder(f"{batch.number}-{_ordinal(batch)}", at, batch.pay_on, payer, payments, user_number)


def _ordinal(batch: PaymentBatch) -> int:
    return (batch.sendings.aggregate(last=Max("ordinal"))["last"] or 0) + 1


def _written(order: PaymentOrder, form: str) -> bytes:
    if form not in WRITERS:
        raise WrongInput(f"There is no payment file of the form {form}. Choose one of {', '.join(WRITERS)}.")
    try:
        return WRITERS[form](order)
    except CannotWrite as error:
        raise WrongInput(f"{error}. Nothing was sent. Choose another form of file.") from error


_TAKE_OFF = """
UPDATE invoicing_providerinvoice i SET outstanding_pence = i.outstanding_pence + %(sign)s * abs(p.pence)
FROM invoicing_paymentbatchpart p JOIN invoicing_paymentbatchline l ON l.id = p.line_id
WHERE p.provider_invoice_id = i.id AND l.batch_id = %(batch)s AND p.state = 'under_way'
  AND (%(line)s::bigint IS NULL OR l.id = %(line)s) AND i.state = 'agreed'
  AND i.outstanding_pence + %(sign)s * abs(p.pence) BETWEEN 0 AND i.gross_pence
"""
_COUNT = """
SELECT count(*) FROM invoicing_paymentbatchpart p JOIN invoicing_paymentbatchline l ON l.id = p.line_id
WHERE l.batch_id = %(batch)s AND p.state = 'under_way' AND (%(line)s::bigint IS NULL OR l.id = %(line)s)
"""


def _take_off(batch: PaymentBatch, *, sign: int) -> None:
    move_outstanding(batch.pk, sign=sign)


def move_outstanding(batch_id: int, *, sign: int, line_id: int | None = None) -> None:
    """Takes what a batch, or one of its lines, pays off its invoices (−1) or puts it back (1): all or nothing."""
    values = {"sign": sign, "batch": batch_id, "line": line_id}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        [parts] = cursor.fetchone()
        cursor.execute(_TAKE_OFF, values)
        if cursor.rowcount != parts:
            raise BatchChanged(
                f"{parts - cursor.rowcount} of {parts} invoices changed since this batch was prepared: less is owed on "
                "them. Nothing was sent. Withdraw the batch and prepare another."
            )


def _post(batch: PaymentBatch, number: str, on: date, actor: Actor) -> int:
    movements = [
        NewMovement(
            debit=chart.PAYABLES, debit_party=provider, credit=chart.ON_THEIR_WAY, credit_party=provider, pence=pence
        )
        for provider, pence in batch.lines.order_by("position").values_list("provider_id", "pence")
    ]
    [entry] = post(
        entries=[
            NewEntry(
                kind="payment_batch", source_key=f"payment-batch:{number}", on=on,
                narrative=f"{batch.number} released, to be paid on {batch.pay_on:%-d %B %Y}", movements=movements,
            )
        ],
        actor=actor,
    )  # fmt: skip
    return entry


@transaction.atomic
def mark_unknown(*, batch: PaymentBatch, reason: str, actor: Actor) -> PaymentBatch:
    """The bank did not answer whether it took the file. Nothing is sent again until somebody knows. Finance only."""
    return _moved(batch, [_STATE.SENT], _STATE.UNKNOWN, "payment_batch.not_known", reason, actor)


@transaction.atomic
def found_sent(*, batch: PaymentBatch, reason: str, actor: Actor) -> PaymentBatch:
    """The bank took the file after all: the batch is on its way. Finance only."""
    return _moved(batch, [_STATE.UNKNOWN], _STATE.SENT, "payment_batch.found_sent", reason, actor)


def _moved(batch: PaymentBatch, states: list[str], to: str, kind: str, reason: str, actor: Actor) -> PaymentBatch:
    actor.require(*sorted(FINANCE), to="say what became of payment files")
    found = locked(batch, *states)
    words = clean_line(reason, what="Reason", limit=240)
    PaymentBatch.objects.filter(pk=found.pk).update(state=to)
    found.sendings.exclude(state=PaymentSending.State.FAILED).update(state=to, reason=words)
    found.refresh_from_db()
    record(kind, found, actor, text=words)
    return found


@transaction.atomic
def fail_sending(*, batch: PaymentBatch, reason: str, on: date, actor: Actor) -> PaymentBatch:
    """The bank surely did not take the file: posting and invoices are as before, and the batch may be released again.

    Finance managers only, and not who released it. Refused once a payment of it was confirmed or rejected (BatchMoved).
    """
    actor.require(Role.FINANCE_MANAGER, to="say that a payment file failed")
    found = locked(batch, _STATE.SENT, _STATE.UNKNOWN)
    if actor.person_id == found.released_by_id:
        raise SamePerson("You released this batch, so someone else must say that it failed.")
    words = clean_line(reason, what="Reason", limit=240)
    if found.lines.exclude(state=PaymentBatchLine.State.SENT).exists():
        raise BatchMoved(f"Some payments of {found.number} were confirmed or rejected, so the file did not fail.")
    sending = found.sendings.exclude(state=PaymentSending.State.FAILED).get()
    reverse(entry_id=sending.entry_id, on=on, narrative=f"{found.number}, file not taken: {words}"[:240], actor=actor)
    move_outstanding(found.pk, sign=1)
    found.lines.update(state=PaymentBatchLine.State.TO_PAY)
    found.sendings.filter(pk=sending.pk).update(state=PaymentSending.State.FAILED, reason=words)
    PaymentBatch.objects.filter(pk=found.pk).update(state=_STATE.APPROVED)
    found.refresh_from_db()
    record("payment_batch.failed", found, actor, text=words, sending=sending.ordinal)
    return found
