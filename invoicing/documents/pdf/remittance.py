"""Remittance advice: what one payment to a provider is for, and what was taken from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from invoicing.documents.pdf.document_view import DEMONSTRATION, customer_view, seller_view
from invoicing.documents.pdf.wording import long_date, money, short_date
from invoicing.documents.snapshot import Party


@dataclass(frozen=True)
class RemittanceLine:
    """An invoice that is paid, or (``taken``) a credit note that is taken from the payment: ``pence`` with VAT, of
    ``gross_pence`` in all."""

    number: str
    dated_on: date
    gross_pence: int
    pence: int
    taken: bool = False


@dataclass(frozen=True)
class Remittance:
    """Advice of one payment: ``paid_on`` is the day on which the bank pays it, ``account`` the end of the account."""

    number: str
    provider: Party
    payer: Party
    paid_on: date
    written_on: date
    lines: Sequence[RemittanceLine]
    account: str = ""
    demonstration: bool = False

    @property
    def pence(self) -> int:
        """What is paid."""
        return sum(-line.pence if line.taken else line.pence for line in self.lines)


def remittance_view(advice: Remittance) -> dict[str, Any]:
    """The template's data, amounts and dates in words. Refuses (ValueError) a payment of nothing."""
    if advice.pence <= 0:
        raise ValueError(f"{advice.number} pays nothing.")
    taken = sum(line.pence for line in advice.lines if line.taken)
    facts = [
        {"name": "Payment", "value": advice.number},
        {"name": "Paid on", "value": long_date(advice.paid_on)},
        {"name": "Amount", "value": money(advice.pence)},
    ]
    words = [f"We pay {money(advice.pence)} on {long_date(advice.paid_on)}, with the reference {advice.number}."]
    if advice.account:
        words.append(f"It goes to your account that ends in {advice.account}.")
    if taken:
        words.append(f"{money(taken)} is taken from it: less is due for work that was invoiced before.")
    return {
        "title": "Remittance advice",
        "number": advice.number,
        "metadata_title": f"Remittance advice {advice.number}, {advice.provider.name}, {advice.payer.name}",
        "demonstration": DEMONSTRATION if advice.demonstration else "",
        "facts": facts,
        "seller": seller_view(advice.payer),
        "customer": customer_view(advice.provider),
        "words": words,
        "lines": [
            {
                "number": line.number,
                "on": short_date(line.dated_on),
                "what": "Taken" if line.taken else "Paid",
                "gross": money(-line.gross_pence if line.taken else line.gross_pence),
                "pence": money(-line.pence if line.taken else line.pence),
            }
            for line in advice.lines
        ],
        "total": money(advice.pence),
    }
