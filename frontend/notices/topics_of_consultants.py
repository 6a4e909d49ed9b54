"""The topic of e-mails about requests to consultants and their bookings."""

from marketplace.core.actors import BUYING, STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register

CONSULTANTS = "consultants"

register(
    Topic(
        CONSULTANTS,
        "Requests to consultants and their bookings",
        "A request to answer, a quote, what was agreed, and dates that were added, moved, cancelled or not released.",
        "You get this because you buy for a school that books consultants, or because you deliver visits.",
        Choice.AT_ONCE,
        BUYING | {Role.PROVIDER, Role.CONSULTANT},
        (Choice.AT_ONCE, Choice.DIGEST),
        readers=STAFF,
    )
)
