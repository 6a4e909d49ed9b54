"""A request to pay a part of somebody else's invoice, as a letter. It is no VAT invoice and says so."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from invoicing.documents.pdf.document_view import DEMONSTRATION, customer_view, seller_view
from invoicing.documents.pdf.wording import long_date, money, short_date
from invoicing.documents.snapshot import Party


@dataclass(frozen=True)
class PaymentRequestLetter:
    """A letter to ``funder`` that asks for ``pence`` of the invoice of ``customer_name``; ``paid_pence`` of it came."""

    number: str
    funder: Party
    seller: Party
    customer_name: str
    invoice: str
    invoiced_on: date
    invoice_pence: int
    written_on: date
    pence: int
    paid_pence: int = 0
    left_pence: int = 0
    withdrawn_on: date | None = None
    reason: str = ""
    reference: str = ""
    pay_to: list[str] = field(default_factory=list)
    demonstration: bool = False


def payment_request_view(letter: PaymentRequestLetter) -> dict[str, Any]:
    """The template's data, amounts and dates in words."""
    facts = [
        {"name": "Number", "value": letter.number},
        {"name": "Date", "value": long_date(letter.written_on)},
        {"name": "To pay", "value": money(letter.left_pence)},
    ]
    if letter.reference:
        facts.insert(2, {"name": "Your reference", "value": letter.reference})
    supply = f"The supply is to {letter.customer_name}, invoiced by {letter.invoice}."
    return {
        "title": "Payment request",
        "number": letter.number,
        "metadata_title": f"Payment request {letter.number}, {letter.funder.name}, {letter.seller.name}",
        "demonstration": DEMONSTRATION if letter.demonstration else "",
        "facts": facts,
        "seller": seller_view(letter.seller),
        "customer": customer_view(letter.funder),
        "words": [f"Payment request, not a VAT invoice. {supply}", letter.reason, *_since(letter)],
        "lines": [
            {
                "invoice": letter.invoice,
                "on": short_date(letter.invoiced_on),
                "customer": letter.customer_name,
                "gross": money(letter.invoice_pence),
                "pence": money(letter.pence),
            }
        ],
        "payment": {
            "heading": "How to pay",
            "sentence": f"Please pay {money(letter.left_pence)}.",
            "pay_to": list(letter.pay_to),
            "quote": f"{letter.number} and {letter.invoice}",
        }
        if letter.left_pence
        else None,
    }


def _since(letter: PaymentRequestLetter) -> list[str]:
    """What has happened to the request since it was sent."""
    if letter.withdrawn_on:
        return [f"Withdrawn on {long_date(letter.withdrawn_on)}: nothing is left to pay."]
    paid = f"You have paid {money(letter.paid_pence)} of it." if letter.paid_pence else ""
    left = "" if letter.left_pence else "Nothing is left to pay."
    return [" ".join(said for said in (paid, left) if said)] if paid or left else []
