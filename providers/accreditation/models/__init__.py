"""What accreditation keeps: requirements and evidence, applications, and what was decided."""

from providers.accreditation.models.applications import Application, Reference, ReferenceLink
from providers.accreditation.models.deciding import Accreditation, Suspension
from providers.accreditation.models.evidence import Evidence, Requirement

__all__ = [
    "Accreditation",
    "Application",
    "Evidence",
    "Reference",
    "ReferenceLink",
    "Requirement",
    "Suspension",
]
