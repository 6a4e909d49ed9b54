"""The topic of e-mails about visits of consultants."""

from marketplace.core.actors import BUYING, STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register

VISITS = "visits"

register(
    Topic(
        VISITS,
        "Visits of consultants",
        "A visit that was written up, when it counts as agreed, and what came of a query.",
        "You get this because you buy for a school that was visited, or because you deliver visits.",
        Choice.AT_ONCE,
        BUYING | {Role.PROVIDER, Role.CONSULTANT, Role.ORGANISER},
        (Choice.AT_ONCE, Choice.DIGEST),
        readers=STAFF,
    )
)
