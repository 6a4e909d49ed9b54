"""Organisations of every kind, the people at them, and what is dated about both."""

from marketplace.organisations.models.customers import CustomerTerms
from marketplace.organisations.models.delegation import ApprovalRule, Deputy
from marketplace.organisations.models.organisations import Identity, Organisation
from marketplace.organisations.models.people import Person, RoleAssignment
from marketplace.organisations.models.schools import (
    Authority,
    PupilCount,
    School,
    SchoolLink,
    Trust,
    TrustMembership,
)

__all__ = [
    "ApprovalRule",
    "Authority",
    "CustomerTerms",
    "Deputy",
    "Identity",
    "Organisation",
    "Person",
    "PupilCount",
    "RoleAssignment",
    "School",
    "SchoolLink",
    "Trust",
    "TrustMembership",
]
