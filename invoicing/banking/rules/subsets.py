"""Which open amounts add up to a payment: an exact, bounded search."""

from collections.abc import Sequence
from dataclasses import dataclass

STATES = 20_000
"""Sums kept at most. Beyond that the search gives up: a person decides."""

AMOUNTS = 40
"""Amounts searched at most: among more, many choices add up to anything, so none says much."""


@dataclass(frozen=True)
class Subset:
    """Places of the amounts that add up, and whether no other choice of amounts would."""

    places: tuple[int, ...]
    only: bool


def subset_of(amounts: Sequence[int], total: int) -> Subset | None:
    """Places in ``amounts`` (pence; credits below zero) that add up to ``total``, or None.

    None also where there are more than ``AMOUNTS`` or the search would grow beyond ``STATES`` sums. Earlier amounts are preferred, so give the oldest
    first. At least one amount above zero is used.
    """
    if len(amounts) > AMOUNTS:
        return None
    order = sorted(
        range(len(amounts)), key=lambda place: amounts[place] > 0
    )  # credits first, so that sums can be bounded
    came_from: dict[int, tuple[int, int]] = {}
    ways: dict[int, int] = {0: 1}
    for place in order:
        amount = amounts[place]
        grown = dict(ways)
        for reached, count in ways.items():
            sum_ = reached + amount
            if sum_ > total:
                continue
            if sum_ not in grown:
                came_from[sum_] = (reached, place)
            grown[sum_] = min(2, grown.get(sum_, 0) + count)
        if len(grown) > STATES:
            return None
        ways = grown
    if total not in came_from:
        return None
    places, reached = [], total
    while reached in came_from:
        reached, place = came_from[reached]
        places.append(place)
    return Subset(places=tuple(sorted(places)), only=ways[total] == 1)
