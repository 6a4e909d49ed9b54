"""What a payment file says, whatever its form: who pays, on which day, whom, how much."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Account:
    """A United Kingdom bank account: six digits of sort code, eight of number."""

    name: str
    sort_code: str
    number: str


@dataclass(frozen=True)
class Payment:
    """One payment in pence; ``reference`` is what the payee reads on its statement."""

    payee: Account
    pence: int
    reference: str
    what_for: str = ""


@dataclass(frozen=True)
class PaymentOrder:
    """All payments of a file. ``number`` is unique for each sending; ``user_number`` the Bacs service user number."""

    number: str
    made_at: datetime
    pay_on: date
    payer: Account
    payments: tuple[Payment, ...]
    user_number: str = ""

    @property
    def pence(self) -> int:
        return sum(payment.pence for payment in self.payments)


class CannotWrite(ValueError):
    """The form cannot say this; the message says which value and why."""
