"""Numbers about few schools or people are not published, nor what gives them away: one to four, and their complements.

A nought is published: it is about nobody, and "Fewer than 5" in its place would let a reader believe in somebody. For the
same reason all of a whole are. Who is in the whole stands in the contract, so neither tells of anybody what is not open;
confidential packages are in no report at all.

| part | whole | shown as |
|---|---|---|
| 12 | 40 | 12 of 40 |
| 3 | 40 | Fewer than 5 of 40 |
| 37 | 40 | All but fewer than 5 of 40 |
| 3 | 4 | Fewer than 5 |
| 0 | 40 | 0 of 40 |
| 40 | 40 | 40 of 40 |

Of cells that have a known sum one suppressed cell alone could be worked out, so the next smallest is suppressed with it, noughts
last. That suffices where the two together are five or more; otherwise more follow until they are. Which of them is the small
one is not said.
"""

from collections.abc import Sequence
from decimal import Decimal

FEWEST = 5
FEW = f"Fewer than {FEWEST}"
NOT_SHOWN = "Not shown"


def small(count: int | Decimal) -> bool:
    """Whether a number is too small to be published. A nought is not."""
    return 0 < count < FEWEST


def part_words(part: int, whole: int) -> str:
    """A part of a whole as it may be published."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no part")
    if small(whole):
        return FEW
    if small(part):
        return f"{FEW} of {whole:,}"
    if small(whole - part):
        return f"All but fewer than {FEWEST} of {whole:,}"
    return f"{part:,} of {whole:,}"


def cells(counts: Sequence[int]) -> list[int | None]:
    """The cells as they may be published beside their sum; None where one is suppressed."""
    hidden = {index for index, count in enumerate(counts) if small(count)}
    rest = sorted((not count, count, index) for index, count in enumerate(counts) if index not in hidden)
    while hidden and rest and (len(hidden) == 1 or small(sum(counts[index] for index in hidden))):
        hidden.add(rest.pop(0)[2])
    return [None if index in hidden else count for index, count in enumerate(counts)]


def cell_words(count: int | None) -> str:
    """One cell in words."""
    return NOT_SHOWN if count is None else f"{count:,}"
