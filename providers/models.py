"""All models of the package; each sub-package declares its own."""

from providers.accreditation.models import (
    Accreditation,
    Application,
    Evidence,
    Reference,
    ReferenceLink,
    Requirement,
    Suspension,
)
from providers.calendar.models import Slot
from providers.directory.models import Expertise, RelatedParty
from providers.profiles.models import Consultant, Provider
from providers.rates.models import MileageRate, Rate, RateProposal, RateStep

__all__ = [
    "Accreditation",
    "Application",
    "Consultant",
    "MileageRate",
    "Evidence",
    "Expertise",
    "Provider",
    "Rate",
    "Reference",
    "ReferenceLink",
    "RelatedParty",
    "Requirement",
    "RateProposal",
    "RateStep",
    "Slot",
    "Suspension",
]
