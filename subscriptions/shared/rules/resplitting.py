"""Who bears what from a day on, when somebody joins or leaves a shared cost. Not a penny is lost by it.

What the days from then on cost is known from each share as it stands (by days, ``agreements.rules.sharing``). When
somebody leaves, that falls to the lead, or is divided again among those who stay. When somebody joins, what they bear by
the method is taken off the lead's share, or everybody's is divided again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.agreements.rules.sharing import share
from subscriptions.membership.rules.methods import Method, Share, Sharer, shares_of


class Falls(StrEnum):
    """Whose share changes when somebody joins or leaves."""

    LEAD = "lead"
    AGAIN = "again"

    @property
    def words(self) -> str:
        return {"lead": "The lead's share alone changes", "again": "Divided again among all"}[self.value]


class LeadBearsTooLittle(DomainError):
    """The lead's share is smaller than what would be taken off it."""

    code = "lead_bears_too_little"


@dataclass(frozen=True)
class Borne:
    """What a sharer bears of a part: ``pence`` for the days from ``start`` to the end of the term."""

    sharer: Sharer
    start: date
    pence: int

    def from_day(self, on: date, end: date) -> int:
        """What the days from ``on`` on cost of it."""
        if on <= self.start:
            return self.pence
        return share(self.pence, Period(self.start, end), Period(on, end), Prorate.DAYS, fresh=False)


@dataclass(frozen=True)
class Moved:
    """What one bears of the days from then on, before and after."""

    id: int
    before: int
    after: int
    weight: Share


def left(
    *, title: str, borne: Sequence[Borne], method: Method, leaving: int, on: date, end: date, falls: Falls, lead: Sharer
) -> list[Moved]:
    """What changes in one part when a sharer leaves it."""
    before = {one.sharer.id: one.from_day(on, end) for one in borne}
    if leaving not in before:
        return []
    freed = before[leaving]
    staying = [one.sharer for one in borne if one.sharer.id != leaving]
    gone = Moved(leaving, freed, 0, Share(leaving, one_of(borne, leaving).weight, 0, ("No longer shares",)))
    if falls == Falls.LEAD or not staying or not _divides(method, staying):
        pence = before.get(lead.id, 0) + freed
        step = f"{title}: own {Money(pence - freed)} and {Money(freed)} of who left = {Money(pence)}"
        return [gone, Moved(lead.id, pence - freed, pence, Share(lead.id, lead.weight, pence, (step,)))]
    again = shares_of(pence=sum(before.values()), method=method, terms={}, sharers=staying)
    return [gone, *(Moved(one.id, before[one.id], one.pence, one) for one in again)]


def joined(
    *, borne: Sequence[Borne], method: Method, joining: Sharer, on: date, end: date, falls: Falls, lead: Sharer
) -> list[Moved]:
    """What changes in one part when a sharer joins it. What the lead bears alone stays. Raises LeadBearsTooLittle."""
    if method == Method.LEAD:
        return []
    before = {one.sharer.id: one.from_day(on, end) for one in borne}
    again = shares_of(
        pence=sum(before.values()), method=method, terms={}, sharers=[*(one.sharer for one in borne), joining]
    )
    if falls == Falls.AGAIN:
        return [Moved(one.id, before.get(one.id, 0), one.pence, one) for one in again]
    own = again[-1]
    rest = before.get(lead.id, 0) - own.pence
    if rest < 0:
        raise LeadBearsTooLittle(
            f"{lead.name} bears {Money(before.get(lead.id, 0))} of it from then on, less than the {Money(own.pence)} of who "
            "joins. Divide it again among all instead."
        )
    step = f"{Money(rest + own.pence)} less {Money(own.pence)} of who joined = {Money(rest)}"
    return [
        Moved(lead.id, rest + own.pence, rest, Share(lead.id, lead.weight, rest, (step,))),
        Moved(own.id, 0, own.pence, own),
    ]


def one_of(borne: Sequence[Borne], pk: int) -> Sharer:
    return next(one.sharer for one in borne if one.sharer.id == pk)


def _divides(method: Method, staying: Sequence[Sharer]) -> bool:
    """Whether the method can divide anything among them."""
    if method == Method.PUPILS:
        return any(one.pupils for one in staying)
    if method == Method.WEIGHTS:
        return any(one.weight for one in staying)
    return method == Method.EQUAL or any(one.lead for one in staying)
