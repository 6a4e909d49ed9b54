"""Credit notes above what one person may issue alone: prepared by one, approved and issued by another."""

from collections.abc import Mapping
from datetime import date

from invoicing.documents.models import Document
from invoicing.receivables.credit_notes import (
    CreditedMeanwhile,
    NotAnInvoice,
    left_to_credit,
    lock_invoice,
    preview_credit,
    write_credit,
)
from invoicing.receivables.credited_services import require_within
from invoicing.recognition.taking_back import Credited
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import executes, prepare
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period


def prepare_credit(
    *, invoice: Document, amounts: Mapping[int, int], reason: str, service: Period | None = None, actor: Actor
) -> PreparedAction:
    """Puts a credit note of ``amounts`` (pence before VAT by line id) before a finance manager; nothing is issued.

    It is dated the day on which it is approved, and refused then where the invoice was credited meanwhile.
    """
    if invoice.kind != Document.Kind.INVOICE or invoice.number is None:
        raise NotAnInvoice("Only an issued invoice can be credited. Choose the invoice.")
    left = left_to_credit(invoice)
    if not amounts or any(not 0 < pence <= left.get(pk, 0) for pk, pence in amounts.items()):
        raise WrongInput("Enter how much to credit on at least one line, up to what is left of it")
    if service:
        require_within(invoice.lines.filter(pk__in=amounts).order_by("position"), service)
    return prepare(
        action=Action.CREDIT_NOTE,
        organisation=invoice.customer,
        subject=invoice.number,
        pence=preview_credit(invoice=invoice, amounts=amounts).gross_pence,
        arguments={
            "document": invoice.pk,
            "amounts": {str(pk): pence for pk, pence in amounts.items()},
            "left": {str(pk): pence for pk, pence in left.items()},
            "service": [service.start.isoformat(), service.end.isoformat()] if service else None,
        },
        reason=reason,
        actor=actor,
    )


def _execute(prepared: PreparedAction, on: date, actor: Actor) -> str:
    invoice = Document.objects.get(pk=prepared.arguments["document"])
    lock_invoice(invoice)
    left = {str(pk): pence for pk, pence in left_to_credit(invoice).items()}
    if left != prepared.arguments["left"]:
        raise CreditedMeanwhile(invoice.number or "")
    dates = prepared.arguments["service"]
    service = Period(*map(date.fromisoformat, dates)) if dates else None
    credits = [Credited(int(pk), pence, service) for pk, pence in prepared.arguments["amounts"].items()]
    day = max(on, invoice.issued_on)
    return write_credit(invoice=invoice, credits=credits, reason=prepared.reason, on=day, actor=actor).number or ""


executes(Action.CREDIT_NOTE, _execute)
