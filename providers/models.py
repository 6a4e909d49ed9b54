"""All models of the package; each sub-package declares its own."""

from providers.calendar.models import Slot
from providers.profiles.models import Consultant, Provider
from providers.rates.models import Rate

__all__ = [
    "Consultant",
    "Provider",
    "Rate",
    "Slot",
]
