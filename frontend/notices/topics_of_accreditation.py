"""The topics of e-mails about accreditation: for providers and consultants, and for those who decide."""

from marketplace.core.actors import STAFF, Role
from marketplace.messaging.topics import EVERY_CHOICE, Choice, Topic, register

ACCREDITATION, ACCREDITING, REFEREES = "accreditation", "accrediting", "referees"

register(
    Topic(
        ACCREDITATION,
        "Accreditation and documents",
        "When an application moves on, and 60, 30 and 7 days before a document ends.",
        "You get this because you work in schools through us, or for somebody who does.",
        Choice.AT_ONCE,
        frozenset({Role.PROVIDER, Role.CONSULTANT}),
        choices=(Choice.AT_ONCE, Choice.DIGEST),
        readers=STAFF,
    ),
    Topic(
        ACCREDITING,
        "Applications to decide",
        "When an application or an appeal waits for a decision, or an agreement for a second signature.",
        "You get this because you decide on accreditations.",
        Choice.DIGEST,
        frozenset({Role.ORGANISER, Role.PANEL}),
        choices=EVERY_CHOICE,
        readers=STAFF,
    ),
    Topic(
        REFEREES,
        "References",
        "When somebody named you as a person who knows their work.",
        "You get this because somebody named you as a person who knows their work.",
        Choice.AT_ONCE,
        frozenset(),
        choices=(Choice.AT_ONCE,),
    ),
)
