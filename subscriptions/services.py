"""Verbs of this floor, by sub-package."""

from subscriptions.tiers.services import MembershipOverlaps, set_membership

__all__ = ["MembershipOverlaps", "set_membership"]
