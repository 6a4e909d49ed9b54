"""The topic of e-mails about what a council pays for schools."""

from marketplace.core.actors import BUYING, STAFF
from marketplace.messaging.topics import Choice, Topic, register

PACKAGES = "packages"

register(
    Topic(
        PACKAGES,
        "What your council pays for",
        "When a council, the NHS or the department pays for something that your school has not used yet.",
        "You get this because you buy for this school.",
        Choice.AT_ONCE,
        BUYING,
        readers=STAFF,
    )
)
