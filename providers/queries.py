"""Reads over providers, scoped to an actor, for the packages above."""

from providers.profiles.queries import consultant_for, consultants_for, own_consultants

__all__ = [
    "consultant_for",
    "consultants_for",
    "own_consultants",
]
