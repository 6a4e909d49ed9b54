"""Reads over providers, scoped to an actor, for the packages above."""

from providers.accreditation.queries import (
    application_for,
    applications_for,
    evidence_for,
    expiring,
    standing_on,
    standings_on,
)
from providers.accreditation.rules.standing import Standing
from providers.calendar.queries import days_taken, own_slot, own_slots, slots_of, slots_of_person
from providers.directory.queries import expertise_of, letter_of_assurance, related_of, related_to
from providers.profiles.queries import consultant_for, consultants_for, own_consultants
from providers.rates.queries import (
    prices_for,
    proposal_for,
    proposals_for,
    rate_for,
    rates_for,
    rates_waiting_for,
    steps_of,
)

__all__ = [
    "standings_on",
    "standing_on",
    "related_of",
    "related_to",
    "letter_of_assurance",
    "expiring",
    "expertise_of",
    "evidence_for",
    "applications_for",
    "application_for",
    "Standing",
    "consultant_for",
    "consultants_for",
    "days_taken",
    "own_consultants",
    "own_slot",
    "own_slots",
    "prices_for",
    "proposal_for",
    "proposals_for",
    "rate_for",
    "rates_for",
    "rates_waiting_for",
    "slots_of",
    "slots_of_person",
    "steps_of",
]
