"""The topics of e-mails about the service desk: for the school that asked, and for those who answer."""

from marketplace.core.actors import BUYING, STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register

TICKETS, DESK = "tickets", "desk"

register(
    Topic(
        TICKETS,
        "Help with our services",
        "When our service desk answers you, asks you something, or has put right what you asked about.",
        "You get this because you asked our service desk for help.",
        Choice.AT_ONCE,
        BUYING,
        readers=STAFF,
    ),
    Topic(
        DESK,
        "The service desk",
        "When a school asks for help or writes again, and when something that was promised is overdue.",
        "You get this because you work at the service desk.",
        Choice.DIGEST,
        frozenset({Role.ORGANISER, Role.FINANCE_OFFICER, Role.FINANCE_MANAGER}),
        readers=STAFF,
    ),
)
