"""VAT on purchases: how much of it comes back. Pure rules, no database, no clock.

A partly exempt body recovers VAT by what the purchase is used for (VAT Notice 706): all of it for taxable sales, none for
exempt sales or outside business, the dated rate of the standard method for both. The share is rounded half up to a
penny per line; what does not come back is a cost of the line's own account.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from marketplace.core.money import Money, round_half_up, vat_on

MOST_LINES = 50
TAXABLE, EXEMPT, RESIDUAL, NON_BUSINESS = "taxable", "exempt", "residual", "non_business"
TAGS = (TAXABLE, EXEMPT, RESIDUAL, NON_BUSINESS)
ROUNDING = 5  # pence by which a supplier's own rounding of a line may differ from ours


class NewPurchaseLine(NamedTuple):
    """A line of a supplier's invoice; ``vat_pence`` as it stands on paper, ``vat_rate`` a fraction: 0.20.

    ``fund`` is the code of the fund that bears its cost, with the VAT that does not come back.
    """

    description: str
    account: str
    net_pence: int
    vat_rate: Decimal
    vat_pence: int
    tag: str
    fund: str = ""


def share_recovered(tag: str, residual: Decimal | None) -> Decimal:
    """The share of a line's VAT that comes back. ``residual`` is the rate of the day, needed for both alone."""
    if tag == TAXABLE:
        return Decimal(1)
    if tag != RESIDUAL:
        return Decimal(0)
    if residual is None:
        raise ValueError("The recovery rate of the day is needed")
    return residual


def recovered(vat_pence: int, share: Decimal) -> int:
    """The pence that come back, half up."""
    return round_half_up(vat_pence * share)


def problems(lines: Sequence[NewPurchaseLine], *, types: dict[str, str], dated_on: date, due_on: date) -> list[str]:
    """Why a supplier's invoice cannot be taken, one sentence each."""
    found = []
    if due_on < dated_on:
        found.append("Due date must be on or after the invoice's date")
    if not lines:
        found.append("Enter at least one line: what was bought, its account and its net amount")
    if len(lines) > MOST_LINES:
        found.append(f"A purchase has at most {MOST_LINES} lines. Put like ones together")
    for position, line in enumerate(lines, start=1):
        found += [f"Line {position}: {text}" for text in _of_line(line, types)]
    return found


def _of_line(line: NewPurchaseLine, types: dict[str, str]) -> list[str]:
    found = []
    if not line.description:
        found.append("enter what was bought")
    if types.get(line.account) != "expense":
        found.append(f"account {line.account or '(empty)'} is not an account of costs. Choose one of type expense")
    if line.net_pence <= 0:
        found.append("the net amount must be more than £0.00")
    if line.tag not in TAGS:
        found.append("choose what it is used for")
    if not 0 <= line.vat_rate < 1:
        found.append("the VAT rate must be between 0 and 99.99%")
        return found
    worked_out = vat_on(line.net_pence, line.vat_rate)
    if line.vat_pence < 0 or abs(line.vat_pence - worked_out) > (ROUNDING if line.vat_rate else 0):
        rate = f"{(line.vat_rate * 100).normalize():f}%"
        found.append(
            f"VAT of {Money(line.vat_pence)} is not {rate} of {Money(line.net_pence)}, which is {Money(worked_out)}. "
            "Check the rate and the amount"
        )
    return found
