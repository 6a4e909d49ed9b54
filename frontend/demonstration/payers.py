"""How customers pay: when, together or one by one, and what their bank writes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from frontend.demonstration.orders import SIGNED_IN
from frontend.demonstration.places import AUTHORITY_NAME, chance, choose, number_of
from frontend.demonstration.schools import COUNCIL_JOURNAL, TRUSTS
from marketplace.core.working_days import is_working_day

_NAME_LIMIT = 18  # what Bacs keeps of a payer's name
_DAYS_LATE = 60  # of those who sign in, so that they have an invoice that is overdue
_TRUSTS = {name for name, _, _ in TRUSTS.values()}
_OWN_WORDS = ("{number}", "{number}", "{number}", "INV{digits}", "INVOICE {digits}", "{digits}")


@dataclass(frozen=True)
class Owed:
    """What is open on an invoice: ``pence`` above zero."""

    item_id: int
    number: str
    customer_id: int
    customer: str
    pence: int
    due_on: date


@dataclass(frozen=True)
class Payment:
    """A line of the bank to come. ``advice`` is what the payer's remittance advice names, where the line alone does
    not tell; ``by_hand`` says that a person has to look at it."""

    on: date
    kind: str
    description: str
    pence: int
    payer: str = ""
    advice: str = ""
    numbers: tuple[str, ...] = ()
    by_hand: str = ""


def pays_on(owed: Owed) -> date | None:
    """The day on which a customer pays an invoice: most in time, some late, a few not at all this year."""
    key = f"pays {owed.number}"
    if chance(4, f"never {owed.number}"):
        return None
    if owed.customer in SIGNED_IN:
        days = _DAYS_LATE
    elif chance(35, f"late {owed.customer}"):
        days = 4 + number_of(key) % 32
    else:
        days = number_of(key) % 12 - 10
    day = owed.due_on + timedelta(days=days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def payer_of(customer: str) -> str:
    """Who sends the money: the council for schools that settle by its journal, otherwise the customer."""
    return AUTHORITY_NAME if customer in COUNCIL_JOURNAL else customer


def bank_name(name: str) -> str:
    """A name as a bank prints it: capitals and digits, cut short."""
    plain = "".join(char for char in name.upper() if char.isascii() and (char.isalnum() or char == " "))
    return " ".join(plain.split())[:_NAME_LIMIT].strip()


def payments(owed: Iterable[Owed], credits: dict[int, int], *, start: date, end: date) -> list[Payment]:
    """What arrives after ``start`` up to and including ``end``. ``credits`` are open credit notes by customer, in
    pence: whoever pays takes theirs off."""
    due: dict[str, list[tuple[date, Owed]]] = {}
    for one in owed:
        day = pays_on(one)
        if day is not None and day <= end:
            due.setdefault(payer_of(one.customer), []).append((max(day, _next_working(start)), one))
    found = [_payment(payer, pairs, credits) for payer, pairs in sorted(due.items())]
    return sorted((payment for payment in found if payment is not None), key=lambda p: (p.on, p.description))


def _next_working(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def _payment(payer: str, pairs: list[tuple[date, Owed]], credits: dict[int, int]) -> Payment | None:
    """One payment of everything that a payer settles in the month, net of its credit notes."""
    owed = sorted((one for _, one in pairs), key=lambda one: one.number)
    off = sum(credits.get(customer, 0) for customer in {one.customer_id for one in owed})
    pence = sum(one.pence for one in owed) - off
    if pence <= 0:
        return None
    on, numbers = max(day for day, _ in pairs), tuple(one.number for one in owed)
    name = bank_name(payer)
    if payer == AUTHORITY_NAME or payer in _TRUSTS or len(owed) > 2:
        words = f"{name} REMIT {88_000 + number_of(f'{payer} {on}') % 1000}"
        return Payment(on, "BGC", words, pence, payer, advice=" ".join(numbers), numbers=numbers)
    words = " ".join(_words(number) for number in numbers)
    reference = 100_000_000_000_000_000 + number_of(f"reference {words} {on}") * 10_007
    return Payment(on, "FPI", f"{name} {reference} {words}", pence, payer, advice=" ".join(numbers), numbers=numbers)


def _words(number: str) -> str:
    """An invoice number as people type it."""
    digits = number.rsplit("-", 1)[-1]
    return choose(_OWN_WORDS, f"types {number}").format(number=number, digits=digits)
