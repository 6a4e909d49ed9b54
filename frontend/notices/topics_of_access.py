"""The topic of e-mails about what one may do, and about who else may."""

from marketplace.core.actors import Role
from marketplace.messaging.topics import Choice, Topic, register

ACCESS = "access"

register(
    Topic(
        ACCESS,
        "What you may do",
        "When somebody gives you a role or ends it; for those who keep an organisation's people, when another is given one like theirs.",
        "You get this because it is your role, or because you keep the people of this organisation.",
        Choice.AT_ONCE,
        frozenset(Role),
        (Choice.AT_ONCE,),
        readers=frozenset({Role.ADMINISTRATOR}),
    )
)
