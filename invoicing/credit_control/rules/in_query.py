"""How much of an invoice is in query, and how it falls on the invoice's open items."""

from collections.abc import Sequence

from marketplace.core.money import share_out


def in_query_of_items(queried_pence: int, outstanding: Sequence[int]) -> list[int]:
    """``queried_pence`` (with VAT, credits taken off), at most what is outstanding, shared over the open items.

    Each item's share is in proportion to what is outstanding of it, by largest remainder, and never above it.

    >>> in_query_of_items(500, [300, 300])
    [250, 250]
    >>> in_query_of_items(900, [300, 100])
    [300, 100]
    """
    whole = sum(outstanding)
    capped = min(max(queried_pence, 0), whole)
    return share_out(capped, list(outstanding)) if whole else [0] * len(outstanding)
