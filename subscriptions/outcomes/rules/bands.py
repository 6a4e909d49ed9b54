"""Prices by volume: heads fill bands from the lowest up, over all statements, and refunds unwind them from the highest.

Two ways in which refunds meet capacity are in use, and a contract says which is its own:

| ``own_first`` | refunds of a statement come off what the same statement added, then off what was there before |
|---|---|
| ``in_order`` | earlier heads up, earlier refunds down, present heads up, present refunds down, each in the room then left |

Both are how England's department for education pays for early-career training; the first since 2021, the second since 2025.

Where other bands hold from a day on, the heads that stand by then fill the new bands from the lowest up and are not priced again;
new heads go into the room that is left. Heads given back come off those of the new bands first, then off the earlier ones, the
latest terms first, each at the price at which it was paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class RefundRule(StrEnum):
    OWN_FIRST = "own_first"
    IN_ORDER = "in_order"


@dataclass(frozen=True)
class Heads:
    """What one statement says of one milestone: how many are billed and how many are refunded."""

    billable: int
    refundable: int = 0

    def __post_init__(self) -> None:
        if self.billable < 0 or self.refundable < 0:
            raise ValueError("Heads are not negative")


@dataclass(frozen=True)
class InBand:
    """Of one statement in one band: heads added, and heads taken off. ``count`` may be below zero."""

    added: int
    taken: int

    @property
    def count(self) -> int:
        return self.added - self.taken


def fill(capacities: Sequence[int], earlier: Sequence[Heads], present: Heads, rule: RefundRule) -> list[InBand]:
    """What the present statement puts into each band and takes out of it, after all ``earlier`` ones.

    Heads beyond the last band are not paid. Refunds beyond what stands anywhere take nothing.
    """
    if rule == RefundRule.OWN_FIRST:
        net = sum(one.billable - one.refundable for one in earlier)
        before = _up(list(capacities), max(net, 0))
        added = _up([room - there for room, there in zip(capacities, before, strict=True)], present.billable)
        own = _down(added, present.refundable)
        further = _down(before, present.refundable - sum(own))
        taken = [a + b for a, b in zip(own, further, strict=True)]
        return [InBand(a, t) for a, t in zip(added, taken, strict=True)]
    there = Heads(sum(one.billable for one in earlier), sum(one.refundable for one in earlier))
    return [InBand(one.billable, one.refundable) for one in allocate(capacities, there, present)]


def fill_over(
    terms: Sequence[tuple[Sequence[int], Sequence[Heads]]], present: Heads, rule: RefundRule
) -> list[list[InBand]]:
    """What the present statement puts into and takes out of each band of each terms; heads are added to the last alone.

    ``terms``: the capacities and the earlier heads of each, the oldest first; the last are those that hold now.
    """
    standing: list[list[int]] = []
    for capacities, earlier in terms[:-1]:
        _, own, standing = _stand(_room(capacities, standing), earlier, rule, standing)
        standing.append(own)
    capacities, earlier = terms[-1]
    room = _room(capacities, standing)
    done, _, standing = _stand(room, earlier, rule, standing)
    found, further = _fill_and_take(room, done, present, rule, standing)
    return [*([InBand(0, off) for off in one] for one in further), found]


def _stand(
    room: Sequence[int], statements: Sequence[Heads], rule: RefundRule, standing: list[list[int]]
) -> tuple[list[Heads], list[int], list[list[int]]]:
    """After these statements: their heads without those taken off earlier terms, what stands of them in each band, and what
    stands still of the earlier terms."""
    own, done = [0] * len(room), list[Heads]()
    for heads in statements:
        found, further = _fill_and_take(room, done, heads, rule, standing)
        standing = [_less(one, off) for one, off in zip(standing, further, strict=True)]
        own = [max(there + one.count, 0) for there, one in zip(own, found, strict=True)]
        done.append(Heads(heads.billable, heads.refundable - sum(sum(off) for off in further)))
    return done, own, standing


def _room(capacities: Sequence[int], standing: Sequence[Sequence[int]]) -> list[int]:
    """What is left of each band once the heads of earlier terms have filled them from the lowest up."""
    taken = _up(list(capacities), sum(sum(one) for one in standing))
    return [capacity - there for capacity, there in zip(capacities, taken, strict=True)]


def _fill_and_take(
    room: Sequence[int], earlier: Sequence[Heads], present: Heads, rule: RefundRule, standing: Sequence[Sequence[int]]
) -> tuple[list[InBand], list[list[int]]]:
    """What goes into and out of the terms' own bands, and what more comes off each of the terms before."""
    found = fill(room, earlier, present, rule)
    rest = present.refundable - sum(one.taken for one in found)
    further = []
    for bands in reversed(standing):
        further.append(_down(bands, rest))
        rest -= sum(further[-1])
    return found, further[::-1]


def _less(standing: Sequence[int], off: Sequence[int]) -> list[int]:
    return [there - taken for there, taken in zip(standing, off, strict=True)]


@dataclass(frozen=True)
class Allocated:
    """All four steps in one band."""

    previous_billable: int
    previous_refundable: int
    billable: int
    refundable: int


def allocate(capacities: Sequence[int], previous: Heads, present: Heads) -> list[Allocated]:
    """The four steps in their order, each in the room that the steps before have left."""
    up_before = _up(list(capacities), previous.billable)
    down_before = _down(up_before, previous.refundable)
    net = [a - b for a, b in zip(up_before, down_before, strict=True)]
    up_now = _up([room - there for room, there in zip(capacities, net, strict=True)], present.billable)
    down_now = _down([a + b for a, b in zip(net, up_now, strict=True)], present.refundable)
    return [Allocated(*four) for four in zip(up_before, down_before, up_now, down_now, strict=True)]


def _up(rooms: list[int], heads: int) -> list[int]:
    """How many go into each band, the lowest first."""
    found = []
    for room in rooms:
        found.append(min(room, heads))
        heads -= found[-1]
    return found


def _down(standing: Sequence[int], heads: int) -> list[int]:
    """How many come out of each band, the highest first."""
    found = []
    for there in reversed(standing):
        found.append(min(there, heads))
        heads -= found[-1]
    return found[::-1]
