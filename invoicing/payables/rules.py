"""How much of a payable is owed by now: arithmetic alone, in pence before VAT.

A payable may wait for a customer's money. Nothing of it is owed while anything is open on the invoice that carries the
customer's item. Once the invoice is settled, it is owed in the share that was settled by money:

| the item of £240.00, 30% of it = £72.00 | left | owed |
|---|---|---|
| £288.00 open, or £100.00 of it paid | £72.00 | £0.00 |
| £288.00 paid | £72.00 | £72.00 |
| £40.00 net credited, the other £240.00 paid | £60.00 | £60.00 |
| £144.00 paid, £144.00 given up as a bad debt | £72.00 | £36.00 |
| credited whole, or cancelled before it was invoiced | £0.00 | £0.00 |

Each figure is rounded once, half up.
"""

from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import round_half_up


@dataclass(frozen=True)
class Paid:
    """How a customer's item stands. ``charged`` and ``left`` are its net when made and less credits; ``gross`` is its
    whole invoice less credits, ``money`` what was set against that but for its own credit notes and write-offs;
    ``settled`` says whether nothing is open on it."""

    charged: int
    left: int
    settled: bool
    gross: int
    money: int


def left_of_payable(*, net: int, paid: Paid) -> int:
    """What of ``net`` can still come to be owed: in proportion to what is left of the customer's item."""
    return round_half_up(Decimal(net) * paid.left / paid.charged)


def owed_of(*, due: int, paid: Paid) -> int:
    """What of the ``due`` that is left is owed now."""
    if not paid.settled or paid.gross <= 0:
        return 0
    return round_half_up(Decimal(due) * min(paid.money, paid.gross) / paid.gross)
