"""Whether the parts of an opening position equal the old trial balance, to the penny. Pure rules.

| in the trial balance | must equal |
|---|---|
| 1100 Receivables | the open invoices |
| 2100 Unallocated receipts and credits | the credits on account |
| 2300 Deferred income | the deferred income |
| 2400 Payables | the unpaid purchases |
| all debits | all credits |
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from invoicing.journals.rules.opening_file import OpeningFile
from marketplace.core.money import Money

RECEIVABLES, UNALLOCATED, DEFERRED, PAYABLES = "1100", "2100", "2300", "2400"
CONTROLS = (RECEIVABLES, UNALLOCATED, DEFERRED, PAYABLES)
NOT_TAKEN = {
    "2150": "refunds to pay cannot be taken over. Leave the money on the customer's account",
    "2190": "receipts nobody has named cannot be taken over. Name them in the old books first",
    "2250": "VAT of instalments to come cannot be taken over. Put it on 2200",
    "3900": "the opening position posts to it itself. Leave it out",
}
PREFIX = "OLD-"
LONGEST_NUMBER = 24 - len(PREFIX)


class Difference(NamedTuple):
    """A part that does not equal the trial balance; ``pence`` is the part less the balance."""

    what: str
    part_pence: int
    balance_pence: int

    @property
    def pence(self) -> int:
        return self.part_pence - self.balance_pence

    def __str__(self) -> str:
        way = "too much" if self.pence > 0 else "too little"
        return (
            f"{self.what} up to {Money(self.part_pence)}, the trial balance says {Money(self.balance_pence)}: "
            f"{Money(abs(self.pence))} {way}"
        )


class Sums(NamedTuple):
    """What a file adds up to: counts and pence of each part."""

    invoices: int
    invoices_pence: int
    deferred_pence: int
    places: int
    credits_pence: int
    owed_pence: int
    debit_pence: int
    credit_pence: int


def sums(file: OpeningFile) -> Sums:
    return Sums(
        invoices=len(file.invoices),
        invoices_pence=sum(row.outstanding_pence for row in file.invoices),
        deferred_pence=sum(row.pence for row in file.deferred),
        places=sum(row.places for row in file.places),
        credits_pence=sum(row.pence for row in file.credits),
        owed_pence=sum(row.outstanding_pence for row in file.owed),
        debit_pence=sum(max(row.pence, 0) for row in file.balances),
        credit_pence=sum(max(-row.pence, 0) for row in file.balances),
    )


def differences(file: OpeningFile) -> list[Difference]:
    """Each part that is not what the trial balance says of it; empty when all are equal to the penny."""
    found, of = sums(file), Counter[str]()
    for row in file.balances:
        of[row.account] += row.pence
    compared = [
        Difference("Debits add", found.debit_pence, found.credit_pence),
        Difference("Open invoices add", found.invoices_pence, of[RECEIVABLES]),
        Difference("Deferred income adds", found.deferred_pence, -of[DEFERRED]),
        Difference("Credits on account add", found.credits_pence, -of[UNALLOCATED]),
        Difference("Unpaid purchases add", found.owed_pence, -of[PAYABLES]),
    ]
    return [difference for difference in compared if difference.pence]


def told(difference: Difference) -> str:
    """A difference as a sentence; for the balance itself, its two sides."""
    if difference.what != "Debits add":
        return f"{difference}."
    return (
        f"The trial balance does not balance: debits {Money(difference.part_pence)}, credits "
        f"{Money(difference.balance_pence)}, a difference of {Money(abs(difference.pence))}."
    )


def document_number(old: str) -> str:
    """The number that an old invoice has here: its own after ``OLD-``, in letters, digits and hyphens."""
    return PREFIX + re.sub(r"[^A-Za-z0-9]+", "-", old).strip("-").upper()


def problems(
    file: OpeningFile, *, on: date, types: Mapping[str, str], controls: Collection[str], streams: Collection[str]
) -> list[str]:
    """What of the rows cannot be taken over at the end of ``on``, one sentence each with its line."""
    found = [] if file.balances else ["The file has no [trial balance]. Without it nothing can be compared"]
    seen: set[str] = set()
    for row in file.balances:
        known = types.get(row.account)
        if known is None:
            found.append(f"Line {row.line}: there is no ledger account {row.account}. Give our own code")
        elif row.account in NOT_TAKEN and row.pence:
            found.append(f"Line {row.line}: account {row.account}: {NOT_TAKEN[row.account]}")
        elif row.account in controls and row.account not in CONTROLS and row.pence:
            found.append(f"Line {row.line}: account {row.account} needs its items, which the file cannot bring")
        elif row.stream and row.stream not in streams:
            found.append(f"Line {row.line}: there is no income stream {row.stream}")
        elif known == "income" and row.pence and not row.stream:
            found.append(f"Line {row.line}: give the income stream of account {row.account}")
        if row.account in seen:
            found.append(f"Line {row.line}: account {row.account} stands in the trial balance twice")
        seen.add(row.account)
    return found + _of_invoices(file, on) + _of_deferred(file, on, types, streams) + _of_credits(file, on)


def _of_invoices(file: OpeningFile, on: date) -> list[str]:
    found, numbers = [], set()
    for row in file.invoices:
        number = document_number(row.number)
        if row.outstanding_pence > row.gross_pence:
            found.append(f"Line {row.line}: more is outstanding on {row.number} than its gross amount")
        if row.dated_on > on or row.due_on < row.dated_on:
            found.append(f"Line {row.line}: {row.number} must be dated by {on:%-d %B %Y} and due on or after its date")
        if number == PREFIX or len(number) > LONGEST_NUMBER + len(PREFIX):
            found.append(f"Line {row.line}: number {row.number} must have 1 to {LONGEST_NUMBER} letters and digits")
        if number in numbers:
            found.append(f"Line {row.line}: number {row.number} stands twice among the open invoices")
        numbers.add(number)
    return found


def _of_deferred(file: OpeningFile, on: date, types: Mapping[str, str], streams: Collection[str]) -> list[str]:
    found = []
    for row in file.deferred:
        if types.get(row.account) != "income":
            found.append(f"Line {row.line}: account {row.account} is not an account of income")
        if row.stream not in streams:
            found.append(f"Line {row.line}: there is no income stream {row.stream}")
        if row.service_to <= on or row.service_to < row.service_from:
            found.append(f"Line {row.line}: the service must end after {on:%-d %B %Y} to be paid in advance")
    return found


def _of_credits(file: OpeningFile, on: date) -> list[str]:
    found, numbers = [], set()
    for credit in file.credits:
        if credit.dated_on > on:
            found.append(f"Line {credit.line}: the credit must be dated by {on:%-d %B %Y}")
    for owed in file.owed:
        if owed.dated_on > on or owed.due_on < owed.dated_on:
            found.append(
                f"Line {owed.line}: {owed.number} must be dated by {on:%-d %B %Y} and due on or after its date"
            )
        if len(owed.number) > 40 or (owed.supplier.lower(), owed.number) in numbers:
            found.append(f"Line {owed.line}: number {owed.number} stands twice for this supplier, or is too long")
        numbers.add((owed.supplier.lower(), owed.number))
    return found
