"""Paying an invoice in instalments: the plan, as pure figures.

One invoice may list the payments of a continuous supply for up to twelve months, each with its due date, net, rate and
VAT; the VAT of each then falls due on its own tax point (VAT Regulations 1995, SI 1995/2518, reg. 90(2)).
"""

from collections.abc import Sequence
from datetime import date

from invoicing.documents.drafts import DraftGroup, DraftInstalment, VatKey
from marketplace.core.money import share_out
from marketplace.core.periods import add_months

MOST = 12


def plan(groups: Sequence[DraftGroup], *, count: int, first_due: date) -> tuple[DraftInstalment, ...]:
    """``count`` monthly payments from ``first_due``: net and VAT of each rate in equal shares, left-over pennies first.

    | net 1,000.00 at 20%, 12 payments | net | VAT |
    |---|---|---|
    | first to fourth | 83.34 | 16.67 |
    | fifth to eighth | 83.33 | 16.67 |
    | ninth to twelfth | 83.33 | 16.66 |

    Refuses more payments than a year has months.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"An invoice is paid in 1 to {MOST} instalments, not {count}")
    parts = []
    for group in groups:
        nets, vats = share_out(group.net_pence, [1] * count), share_out(group.vat_pence, [1] * count)
        for index, (net, vat) in enumerate(zip(nets, vats, strict=True)):
            parts.append(DraftInstalment(index + 1, add_months(first_due, index), group.category, group.rate, net, vat))
    return tuple(sorted(parts, key=lambda part: (part.position, part.category, part.rate)))


def payments(parts: Sequence[DraftInstalment]) -> list[tuple[date, int]]:
    """(due date, gross pence) of each payment, over all rates, in order. A payment of nothing is none."""
    sums: dict[int, tuple[date, int]] = {}
    for part in parts:
        due, pence = sums.get(part.position, (part.due_on, 0))
        sums[part.position] = (due, pence + part.net_pence + part.vat_pence)
    return [sums[position] for position in sorted(sums) if sums[position][1]]


def waiting_vat(parts: Sequence[DraftInstalment], *, on: date) -> tuple[tuple[VatKey, int], ...]:
    """VAT in pence, by category and rate, whose tax point lies after the day of issue."""
    sums: dict[VatKey, int] = {}
    for part in parts:
        if part.due_on > on and part.vat_pence:
            sums[part.category, part.rate] = sums.get((part.category, part.rate), 0) + part.vat_pence
    return tuple(sorted(sums.items()))


def vat_reached(*, vat_pence: int, paid_pence: int, gross_pence: int) -> int:
    """VAT that has fallen due of an instalment of which a part is paid, in pence: in proportion, half up."""
    if paid_pence >= gross_pence:
        return vat_pence
    return (2 * vat_pence * paid_pence + gross_pence) // (2 * gross_pence)
