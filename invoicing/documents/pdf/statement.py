"""A customer's statement: what is still open between the partnership and one customer on a date."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from invoicing.documents.pdf.document_view import DEMONSTRATION, customer_view, seller_view
from invoicing.documents.pdf.wording import long_date, money, short_date
from invoicing.documents.snapshot import Party


@dataclass(frozen=True)
class StatementLine:
    """One open item, in pence: ``charged_pence`` less ``paid_pence`` is ``balance_pence``, what is left of it.

    A credit note is charged with a minus; money received and not yet set against an invoice is charged 0 and
    paid. ``paid_pence`` counts payments and credits set against the item. Refuses figures that do not agree.
    """

    on: date
    number: str
    what: str
    charged_pence: int
    paid_pence: int
    balance_pence: int
    due_on: date | None = None

    def __post_init__(self) -> None:
        if self.charged_pence - self.paid_pence != self.balance_pence:
            raise ValueError(f"{self.number}: {self.charged_pence} − {self.paid_pence} ≠ {self.balance_pence}")


@dataclass(frozen=True)
class Ageing:
    """What is owed by days past its due date, in pence; credits count with a minus where they belong."""

    not_yet_due_pence: int = 0
    days_1_to_30_pence: int = 0
    days_31_to_60_pence: int = 0
    days_61_to_90_pence: int = 0
    over_90_days_pence: int = 0

    @property
    def overdue_pence(self) -> int:
        return self.total_pence - self.not_yet_due_pence

    @property
    def total_pence(self) -> int:
        return sum(self.__dict__.values())


@dataclass(frozen=True)
class StatementSnapshot:
    """A statement as at the end of ``as_at``, amounts in pence.

    Refuses to exist unless its lines' balances and its ageing each add up to ``total_due_pence``; a negative
    total is money that the customer is owed.
    """

    customer: Party
    seller: Party
    as_at: date
    lines: list[StatementLine]
    ageing: Ageing
    total_due_pence: int
    pay_to: list[str] = field(default_factory=list)  # lines such as "Sort code 09-01-28"
    demonstration: bool = False

    def __post_init__(self) -> None:
        lines = sum(line.balance_pence for line in self.lines)
        if not lines == self.ageing.total_pence == self.total_due_pence:
            raise ValueError(
                f"Lines {lines}, ageing {self.ageing.total_pence}, total due {self.total_due_pence} differ"
            )


def statement_view(statement: StatementSnapshot) -> dict[str, Any]:
    """The template's data, amounts and dates in words."""
    return {
        "title": "Statement of account",
        "number": statement.customer.number,
        "metadata_title": f"Statement of account to {long_date(statement.as_at)}, "
        f"{statement.customer.name}, {statement.seller.name}",
        "demonstration": DEMONSTRATION if statement.demonstration else "",
        "as_at": long_date(statement.as_at),
        "facts": _facts(statement),
        "seller": seller_view(statement.seller),
        "customer": customer_view(statement.customer),
        "lines": [_line(line) for line in statement.lines],
        "ageing": _ageing(statement.ageing),
        "total": money(statement.total_due_pence),
        "payment": _payment(statement),
    }


def _facts(statement: StatementSnapshot) -> list[dict[str, str]]:
    facts = [
        ("Customer number", statement.customer.number),
        ("Statement to", long_date(statement.as_at)),
        ("Total due", money(statement.total_due_pence)),
        ("Of this overdue", money(max(0, min(statement.ageing.overdue_pence, statement.total_due_pence)))),
    ]
    return [{"name": name, "value": value} for name, value in facts if value]


def _line(line: StatementLine) -> dict[str, str]:
    return {
        "on": short_date(line.on),
        "number": line.number,
        "what": line.what,
        "due": short_date(line.due_on) if line.due_on else "",
        "charged": money(line.charged_pence),
        "paid": money(line.paid_pence),
        "balance": money(line.balance_pence),
    }


def _ageing(ageing: Ageing) -> list[dict[str, str]]:
    buckets = [
        ("Not yet due", ageing.not_yet_due_pence),
        ("1–30 days", ageing.days_1_to_30_pence),
        ("31–60 days", ageing.days_31_to_60_pence),
        ("61–90 days", ageing.days_61_to_90_pence),
        ("Over 90 days", ageing.over_90_days_pence),
    ]
    return [{"name": name, "value": money(pence)} for name, pence in buckets]


def _payment(statement: StatementSnapshot) -> dict[str, Any]:
    due = statement.total_due_pence
    if due <= 0:
        said = f"Nothing to pay: {money(-due)} is in your favour." if due else "Nothing to pay."
        return {"heading": "How to pay", "sentence": said, "pay_to": [], "quote": ""}
    # Money already received may stand among what is not yet due: never ask for more than the total.
    overdue = min(statement.ageing.overdue_pence, due)
    said = f"Pay {money(overdue)} now: it is past its due date." if overdue > 0 else "Pay each item by its due date."
    return {
        "heading": "How to pay",
        "sentence": said,
        "pay_to": list(statement.pay_to),
        "quote": "the number of each invoice that you pay",
    }
