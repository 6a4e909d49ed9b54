"""The topic of e-mails about agreements that end."""

from marketplace.core.actors import BUYING, STAFF
from marketplace.messaging.topics import Choice, Topic, register

RENEWALS = "renewals"

register(
    Topic(
        RENEWALS,
        "Services that end",
        "Eight and two weeks before the last day for notice, and two weeks before a service ends.",
        "You get this because you buy for this organisation, which has agreed to the service.",
        Choice.AT_ONCE,
        BUYING,
        (Choice.AT_ONCE,),
        readers=STAFF,
    )
)
