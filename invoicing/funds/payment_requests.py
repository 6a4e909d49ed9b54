"""Asking somebody else to pay a part of a school's invoice, and taking that back.

The school is the customer: it got the whole VAT invoice and owes all of it until somebody pays. What the funder pays is
received on the funder's account and set against the school's invoice by ``allocate``; nothing is posted here. A payment
by a third party is part of the consideration for the supply to the school (VAT Act 1994 s19)
and no supply to the funder, so the request is no VAT invoice.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum

from invoicing.documents.models import Document
from invoicing.funds.asked import requests_with_figures
from invoicing.funds.payment_request_models import PaymentRequest
from invoicing.receivables.models import ReceivableItem
from marketplace.core import events, series
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

SERIES, PREFIX = "payment-request", "PRQ"
State = PaymentRequest.State


class AskedTooMuch(DomainError):
    """More than is still to be paid, or than others were not asked for already."""

    code = "payment_request_too_large"


class AskedAlready(DomainError):
    """One open request of one organisation for one invoice."""

    code = "payment_request_exists"


class RequestDone(DomainError):
    """A request that was paid or withdrawn does not change any more."""

    code = "payment_request_done"


@transaction.atomic
def request_payment(
    *,
    invoice: Document,
    funder: Organisation,
    pence: int,
    reason: str,
    on: date,
    actor: Actor,
    reference: str = "",
) -> PaymentRequest:
    """Asks ``funder`` to pay ``pence`` of an issued invoice, VAT included, under a gapless number (PRQ). Finance only.

    Refuses the invoice's own customer, a second open request to the same funder (AskedAlready), and more than is still
    to be paid less what others were asked for and have not paid (AskedTooMuch).
    """
    actor.require(*sorted(FINANCE), to="ask somebody else to pay")
    _check(invoice, funder, pence, on)
    words = clean_line(reason, what="Reason", limit=240)
    theirs = clean_line(reference, what="Reference", limit=40, required=False)
    _lock(invoice)
    asked = list(requests_with_figures(PaymentRequest.objects.filter(document=invoice, state=State.OPEN)))
    if twice := next((one for one in asked if one.funder_id == funder.pk), None):
        raise AskedAlready(
            f"{funder.name} was asked to pay {Money(twice.pence)} of {invoice.number} by {twice.number}. Withdraw that "
            "first to ask for another amount."
        )
    owed = ReceivableItem.objects.filter(document=invoice).aggregate(pence=Sum("outstanding_pence"))["pence"] or 0
    room = min(owed - sum(one.left_pence for one in asked), invoice.gross_pence - sum(one.pence for one in asked))
    if pence > room:
        raise AskedTooMuch(
            f"{Money(owed)} of {invoice.number} is still to be paid, and others are asked for a part of it: "
            f"{Money(max(room, 0))} is left to ask for, not {Money(pence)}.",
            remaining=max(room, 0),
        )
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = PaymentRequest.objects.create(
        number=number, document=invoice, funder=funder, pence=pence, requested_on=on, reason=words, reference=theirs,
        prepared_by_id=actor.person_id,
    )  # fmt: skip
    _record("payment_request.made", made, actor, text={"reason": words})
    return made


def _check(invoice: Document, funder: Organisation, pence: int, on: date) -> None:
    if invoice.kind != Document.Kind.INVOICE or invoice.state != Document.State.ISSUED:
        raise WrongInput("Only an invoice that was issued here can be paid in part by somebody else")
    if pence <= 0:
        raise WrongInput("The amount to ask for must be more than £0.00")
    if on < invoice.issued_on:
        raise WrongInput(f"The request must be dated on or after {invoice.issued_on:%-d %B %Y}, the invoice's day")
    if funder.pk == invoice.customer_id:
        raise WrongInput(f"{funder.name} is the customer of {invoice.number} already. Choose another organisation")
    if funder.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("We cannot ask ourselves to pay. Let a fund of ours lower the price instead")


def _lock(invoice: Document) -> None:
    """The invoice's items in the order of their ids, as whoever allocates locks them."""
    list(ReceivableItem.objects.select_for_update().filter(document=invoice).order_by("pk"))


@transaction.atomic
def withdraw_payment_request(*, request: PaymentRequest, reason: str, on: date, actor: Actor) -> PaymentRequest:
    """Asks for nothing any more. Finance only. What the funder paid meanwhile stays set against the invoice.

    Refuses a request that was withdrawn before or that the funder has paid whole (RequestDone).
    """
    actor.require(*sorted(FINANCE), to="withdraw payment requests")
    words = clean_line(reason, what="Reason", limit=240)
    _lock(request.document)
    found = requests_with_figures(PaymentRequest.objects.filter(pk=request.pk)).get()
    if found.state == State.WITHDRAWN:
        raise RequestDone(f"{found.number} was withdrawn on {found.withdrawn_on:%-d %B %Y} already.")
    if found.paid_pence >= found.pence:
        raise RequestDone(f"{found.funder.name} has paid {found.number}, so there is nothing to withdraw.")
    if on < found.requested_on:
        raise WrongInput(f"The day must be on or after {found.requested_on:%-d %B %Y}, when it was sent")
    moved = PaymentRequest.objects.filter(pk=found.pk, state=State.OPEN).update(
        state=State.WITHDRAWN, withdrawn_on=on, withdrawn_reason=words
    )
    if moved != 1:
        raise RequestDone(f"{found.number} was withdrawn meanwhile.")
    found = PaymentRequest.objects.get(pk=found.pk)
    _record("payment_request.withdrawn", found, actor, text={"reason": words})
    return found


def _record(kind: str, request: PaymentRequest, actor: Actor, *, text: dict[str, str]) -> None:
    payload: dict[str, Any] = {"pence": request.pence, "document": request.document.number}
    events.record(
        kind=kind, subject_kind="payment_request", subject=request.number,
        organisation_ids=[request.funder_id, request.document.customer_id], payload=payload, text=text, actor=actor,
    )  # fmt: skip
