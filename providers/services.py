"""The verbs of providers, for the packages above."""

from providers.calendar.reserving import SlotTaken, move_slot, release_slot, reserve_slot
from providers.profiles.adding import add_consultant, add_provider

__all__ = [
    "SlotTaken",
    "add_consultant",
    "add_provider",
    "move_slot",
    "release_slot",
    "reserve_slot",
]
