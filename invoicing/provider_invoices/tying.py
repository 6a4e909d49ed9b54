"""Which amount due each line of a provider's own paper is for, and why a line is for none. Pure.

A line is for an amount due of exactly its net at its rate of VAT: for the one of the same words where there are several,
otherwise for the oldest. Each amount due is used once. Nothing is guessed: one line is one amount due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.provider_invoices.ubl_paper import Paper, PaperLine
from marketplace.core.money import Money


@dataclass(frozen=True)
class Due:
    """An amount due that no paper carries: pence before VAT, and the rate of VAT that it bears."""

    payable_id: int
    description: str
    pence: int
    vat_rate: Decimal


def tie(paper: Paper, owed: Sequence[Due]) -> tuple[list[int], list[str]]:
    """The payables that the lines are for, and for each line that is for none its reason."""
    left, chosen, reasons = list(owed), [], []
    for line in paper.lines:
        if found := _best(line, left):
            left.remove(found)
            chosen.append(found.payable_id)
        else:
            reasons.append(_why(line, left, paper.credit))
    return chosen, reasons


def _best(line: PaperLine, left: Sequence[Due]) -> Due | None:
    fits = [due for due in left if due.pence == line.net_pence and due.vat_rate == line.vat_rate]
    said = [due for due in fits if due.description.casefold() == line.description.casefold()]
    return next(iter([*said, *fits]), None)


def _why(line: PaperLine, left: Sequence[Due], credit: bool) -> str:
    which = f"Line {line.number}, {line.description} (line {line.place} of the file)"
    same = [due for due in left if due.pence == line.net_pence]
    if same:
        return f"{which} bears VAT of {_percent(line.vat_rate)}, and we expect {_percent(same[0].vat_rate)} on {same[0].description}."
    named = [due for due in left if due.description.casefold() == line.description.casefold()]
    what = "to be credited" if credit else "owed to you"
    if named:
        return f"{which} is {Money(line.net_pence)} before VAT, and {Money(named[0].pence)} is {what} for that."
    return f"{which} is {Money(line.net_pence)} before VAT, and no amount of that size is {what}."


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"
