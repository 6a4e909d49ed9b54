"""The topics of e-mails about hubs: for schools that may lead one, and for members of panels."""

from marketplace.core.actors import STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register

HUBS, PANELS = "hubs", "panels"

register(
    Topic(
        HUBS,
        "Hubs and calls for them",
        "When a call for a hub is published, a school asks yours to apply with it, what becomes of your application, and when a review is near.",
        "You get this because you lead or approve for a school that may lead a hub, or because you organise hubs.",
        Choice.AT_ONCE,
        frozenset({Role.HUB_LEAD, Role.APPROVER, Role.ORGANISER}),
        readers=STAFF,
    ),
    Topic(
        PANELS,
        "Panels for hubs",
        "When you are put on a panel, and when its applications open to be scored.",
        "You get this because you are on the panel of a call.",
        Choice.AT_ONCE,
        frozenset({Role.PANEL}),
        readers=STAFF,
    ),
)
