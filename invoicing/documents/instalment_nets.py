"""The net of an invoice in instalments by tax point, as pure figures: what belongs to which VAT return.

The net of a payment is supplied when its VAT falls due: on its due date, or with what is received before it (VAT
Regulations 1995, SI 1995/2518, reg. 90(2)). See ``documents.tax_points``, which posts the VAT by the same rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.documents.instalment_plan import vat_reached


@dataclass(frozen=True)
class NetPart:
    """What one payment of the plan holds of one VAT category and rate: its day, its net and the whole payment in pence."""

    due_on: date
    net_pence: int
    payment_pence: int


@dataclass(frozen=True)
class Received:
    """Money set against the payment due on ``due_on``; less than nought where that was undone."""

    on: date
    due_on: date
    pence: int


_ISSUED, _DUE, _RECEIVED, _CREDITED = range(4)


def nets_by_day(
    parts: Sequence[NetPart], *, issued_on: date, received: Iterable[Received], credits: Iterable[tuple[date, int]]
) -> dict[date, int]:
    """Pence before VAT by the day on which they are supplied, of one category and rate.

    ``credits`` are days and net pence. A credit takes what still waits first, last payments first, which then never
    counts; what is left of it had counted, and counts below nought on its own day. So the sum over all days is the net
    less the credits. What was received stays received when it is undone later: a tax point does not go back.

    | 12 payments of 100.00 from 1 May | counts |
    |---|---|
    | due 1 May, paid 3 May | 100.00 on 1 May |
    | half of that of 1 June is paid on 20 May | 50.00 on 20 May, 50.00 on 1 June |
    | 250.00 are credited on 10 June | nothing; April and March never count, February 50.00 |
    """
    plan = _Plan(parts)
    events: list[tuple[date, int, date, int]] = [
        (max(part.due_on, issued_on), _ISSUED if part.due_on <= issued_on else _DUE, part.due_on, 0) for part in parts
    ]
    events += [(one.on, _RECEIVED, one.due_on, one.pence) for one in received if issued_on <= one.on < one.due_on]
    events += [(on, _CREDITED, on, pence) for on, pence in credits]
    counted: dict[date, int] = {}
    for on, kind, due_on, pence in sorted(events, key=lambda event: event[:2]):
        if kind == _CREDITED:
            change = -plan.take_back(pence)
        else:
            change = plan.receive(due_on, pence) if kind == _RECEIVED else plan.reach(due_on)
        counted[on] = counted.get(on, 0) + change
    return {on: pence for on, pence in counted.items() if pence}


class _Plan:
    """How much of each payment has counted and how much never will, while the days go by."""

    def __init__(self, parts: Sequence[NetPart]) -> None:
        self._parts = {part.due_on: part for part in parts}
        self._counted = dict.fromkeys(self._parts, 0)
        self._cancelled = dict.fromkeys(self._parts, 0)
        self._received = dict.fromkeys(self._parts, 0)

    def _waits(self, due_on: date) -> int:
        return self._parts[due_on].net_pence - self._counted[due_on] - self._cancelled[due_on]

    def reach(self, due_on: date) -> int:
        """All that waits of a payment counts now."""
        pence = self._waits(due_on)
        self._counted[due_on] += pence
        return pence

    def receive(self, due_on: date, pence: int) -> int:
        """What counts of a payment because of what is received of it by now, in proportion."""
        if due_on not in self._parts:
            return 0
        part = self._parts[due_on]
        self._received[due_on] += pence
        reached = vat_reached(
            vat_pence=part.net_pence, paid_pence=self._received[due_on], gross_pence=part.payment_pence
        )
        more = max(min(reached - self._counted[due_on], self._waits(due_on)), 0)
        self._counted[due_on] += more
        return more

    def take_back(self, pence: int) -> int:
        """Takes a credit from what waits, last payments first; returns what is left of it."""
        for due_on in sorted(self._parts, reverse=True):
            taken = min(pence, self._waits(due_on))
            self._cancelled[due_on] += taken
            pence -= taken
        return pence
