"""The topic of e-mails about agreements that end, and about what a customer asked to be done with them."""

from marketplace.core.actors import BUYING, STAFF
from marketplace.messaging.topics import Choice, Topic, register

RENEWALS = "renewals"

register(
    Topic(
        RENEWALS,
        "Services that end",
        "Eight and two weeks before the last day for notice, two weeks before a service ends, and our answer when you ask "
        "for a pause or an end.",
        "You get this because you buy for this organisation, which has agreed to the service.",
        Choice.AT_ONCE,
        BUYING,
        (Choice.AT_ONCE,),
        readers=STAFF,
    )
)
