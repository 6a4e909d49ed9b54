"""The topic of e-mails about waiting lists."""

from marketplace.core.actors import BUYING, STAFF
from marketplace.messaging.topics import Choice, Topic, register

WAITING = "waiting"

register(
    Topic(
        WAITING,
        "Waiting lists",
        "When places that you wait for are offered, until when they are held, and when an offer ran out.",
        "You get this because you put your school on a waiting list.",
        Choice.AT_ONCE,
        BUYING,
        (Choice.AT_ONCE,),
        readers=STAFF,
    )
)
