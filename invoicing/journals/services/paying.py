"""Paying suppliers for overheads: bank → what the supplier is owed, and taking a payment back."""

from datetime import date

from django.db import transaction
from django.db.models import F

from invoicing.journals.models import Purchase, PurchasePayment
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.services import deciding
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.bulk import next_ids
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line


class PaymentTooLarge(DomainError):
    """More than is owed on the purchase."""

    code = "payment_too_large"


class PaymentUndone(DomainError):
    """A payment is taken back once."""

    code = "payment_undone"


@transaction.atomic
def pay_purchase(
    *, purchase: Purchase, pence: int, paid_on: date, reference: str, bank_account: LedgerAccount, actor: Actor
) -> PurchasePayment:
    """Records that ``pence`` of an approved purchase left the bank. Refuses more than is owed (PaymentTooLarge)."""
    actor.require(*sorted(FINANCE), to="pay purchases")
    if pence <= 0:
        raise WrongInput("A payment must be more than £0.00")
    found = deciding.locked(purchase, [TwoPeople.State.APPROVED], to="pay it")
    owed = Purchase.objects.filter(pk=found.pk, outstanding_pence__gte=pence)
    if owed.update(outstanding_pence=F("outstanding_pence") - pence) != 1:
        raise PaymentTooLarge(
            f"Only {Money(found.outstanding_pence)} is still owed on {found.number}, not {Money(pence)}.",
            remaining=found.outstanding_pence,
        )
    [pk] = next_ids(PurchasePayment, 1)
    [entry] = post(
        entries=[
            NewEntry(
                kind="purchase_payment", source_key=f"purchase-payment:{pk}", on=max(paid_on, found.dated_on),
                narrative=f"{found.number} paid to {found.supplier.name}",
                movements=[
                    NewMovement(
                        debit=chart.PAYABLES, debit_party=found.supplier_id, credit=bank_account.code, pence=pence
                    )
                ],
            )
        ],
        actor=actor,
    )  # fmt: skip
    made = PurchasePayment.objects.create(
        pk=pk, purchase=found, pence=pence, paid_on=paid_on, entry_id=entry,
        reference=clean_line(reference, what="Reference", limit=120, required=False),
    )  # fmt: skip
    deciding.record("purchase.paid", found, actor, concerned=[found.supplier_id], pence=pence, entry=entry)
    return made


@transaction.atomic
def undo_purchase_payment(*, payment: PurchasePayment, on: date, reason: str, actor: Actor) -> PurchasePayment:
    """Takes a payment back by a reversing entry; the purchase is owed again by as much."""
    actor.require(*sorted(FINANCE), to="undo payments")
    text = clean_line(reason, what="Reason", limit=200)
    purchase = Purchase.objects.select_for_update().get(pk=payment.purchase_id)
    found = PurchasePayment.objects.select_for_update().get(pk=payment.pk)
    if found.undone_on is not None:
        raise PaymentUndone(f"This payment was taken back on {found.undone_on:%-d %B %Y} already.")
    entry = reverse(entry_id=found.entry_id, on=on, narrative=f"{purchase.number}, payment undone: {text}", actor=actor)
    PurchasePayment.objects.filter(pk=found.pk).update(undone_on=on, undone_entry_id=entry)
    Purchase.objects.filter(pk=purchase.pk).update(outstanding_pence=F("outstanding_pence") + found.pence)
    deciding.record(
        "purchase.payment_undone", purchase, actor, text=text, concerned=[purchase.supplier_id], pence=found.pence
    )
    found.refresh_from_db()
    return found
