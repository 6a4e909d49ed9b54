"""Verbs of this floor, by sub-package."""

from subscriptions.allowances.services import (
    AllowanceUsedUp,
    consume_places,
    expire_allowances,
    grant_allowance,
    release_included,
    reserve_places,
)
from subscriptions.tiers.services import MembershipOverlaps, set_membership

__all__ = [
    "AllowanceUsedUp",
    "MembershipOverlaps",
    "consume_places",
    "expire_allowances",
    "grant_allowance",
    "release_included",
    "reserve_places",
    "set_membership",
]
