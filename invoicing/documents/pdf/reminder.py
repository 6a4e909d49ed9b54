"""A payment reminder as a letter: what is late, since when, and how to pay it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from invoicing.documents.pdf.document_view import DEMONSTRATION, customer_view, seller_view
from invoicing.documents.pdf.wording import long_date, money, short_date
from invoicing.documents.snapshot import Party


@dataclass(frozen=True)
class LetterItem:
    """One invoice that is late; ``pence`` is what the letter asks for of it."""

    number: str
    issued_on: date
    due_on: date
    days_late: int
    pence: int


@dataclass(frozen=True)
class ReminderLetter:
    """A letter of ``written_on``; it asks for the sum of its items."""

    customer: Party
    seller: Party
    title: str
    written_on: date
    words: list[str]
    items: list[LetterItem]
    in_query_pence: int = 0
    pay_to: list[str] = field(default_factory=list)
    demonstration: bool = False

    @property
    def total_pence(self) -> int:
        return sum(item.pence for item in self.items)


def reminder_view(letter: ReminderLetter) -> dict[str, Any]:
    """The template's data, amounts and dates in words."""
    queried = f"{money(letter.in_query_pence)} that you queried is not asked for here."
    return {
        "title": letter.title,
        "number": letter.customer.number,
        "metadata_title": f"{letter.title}, {long_date(letter.written_on)}, {letter.customer.name}, {letter.seller.name}",
        "demonstration": DEMONSTRATION if letter.demonstration else "",
        "facts": [
            {"name": "Customer number", "value": letter.customer.number},
            {"name": "Date", "value": long_date(letter.written_on)},
            {"name": "To pay now", "value": money(letter.total_pence)},
        ],
        "seller": seller_view(letter.seller),
        "customer": customer_view(letter.customer),
        "words": [*letter.words, *([queried] if letter.in_query_pence else [])],
        "lines": [
            {
                "number": item.number,
                "on": short_date(item.issued_on),
                "due": short_date(item.due_on),
                "late": f"{item.days_late:,}",
                "pence": money(item.pence),
            }
            for item in letter.items
        ],
        "total": money(letter.total_pence),
        "payment": {
            "heading": "How to pay",
            "sentence": f"Pay {money(letter.total_pence)} now. If you have paid in the last days, nothing is left to do.",
            "pay_to": list(letter.pay_to),
            "quote": "the number of each invoice that you pay",
        },
    }
