"""How much of money on account may be taken: what a cluster's purse keeps for orders stays there."""

from dataclasses import dataclass

from frontend.formats import money
from invoicing.receivables.models import UnallocatedItem
from subscriptions.purses.queries import standing_of_account


@dataclass(frozen=True)
class Takeable:
    """``free_pence`` of one receipt or credit may be taken; ``words`` say what keeps the rest, empty where nothing does."""

    free_pence: int
    words: str = ""


def takeable(source: UnallocatedItem) -> Takeable:
    """What may be taken of money on account by hand. One query where its account is no purse's."""
    left = source.remaining_pence
    found = standing_of_account(source.organisation_id)
    if found is None or not found.purse.reserved_pence:
        return Takeable(left)
    free = max(0, min(left, found.left_pence))
    keeps = f"{found.purse.name} keeps {money(found.purse.reserved_pence)} of this account for orders"
    return Takeable(free, f"{keeps}, so at most {money(free)} of this money can be taken.")
