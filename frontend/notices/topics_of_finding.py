"""The topic of e-mails about kept searches."""

from marketplace.core.actors import Role
from marketplace.messaging.topics import Choice, Topic, register

SEARCHES = "searches"

register(
    Topic(
        SEARCHES,
        "What is new in your searches",
        "Once a week, when something new fits a search that you keep.",
        "You get this because you keep a search.",
        Choice.AT_ONCE,
        frozenset(Role),
        readers=frozenset({Role.ADMINISTRATOR}),
    )
)
