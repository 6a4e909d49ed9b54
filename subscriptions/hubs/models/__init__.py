"""What hubs keep: calls with their criteria, applications, the panel and its points, and a hub's life under its contract."""

from subscriptions.hubs.models.applications import HubApplication, HubPartner
from subscriptions.hubs.models.calls import HubCall, HubCriterion
from subscriptions.hubs.models.life import HubEngagement, HubSchool, HubSpend, ReviewPoint
from subscriptions.hubs.models.panel import AgreedPoints, PanelInterest, PanelMember, PanelScore

__all__ = [
    "AgreedPoints",
    "HubApplication",
    "HubCall",
    "HubCriterion",
    "HubEngagement",
    "HubPartner",
    "HubSchool",
    "HubSpend",
    "PanelInterest",
    "PanelMember",
    "PanelScore",
    "ReviewPoint",
]
