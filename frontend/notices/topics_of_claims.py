"""The topics of e-mails about returns under contracts that pay on outcomes: for who sends them, for who decides on them."""

from marketplace.core.actors import STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register

RETURNS, DECIDING = "returns", "deciding"

register(
    Topic(
        RETURNS,
        "Returns of contracts",
        "When a return falls due within two weeks, and when it is verified or sent back.",
        "You get this because you send the returns of a contract that pays on outcomes.",
        Choice.AT_ONCE,
        frozenset({Role.HUB_LEAD, Role.ORGANISER, Role.BUYER, Role.APPROVER, Role.DELEGATE}),
        readers=STAFF,
    ),
    Topic(
        DECIDING,
        "Returns to verify",
        "When a return waits for your decision, and when nobody has decided in time.",
        "You get this because you decide on returns, or because you organise who does.",
        Choice.AT_ONCE,
        frozenset({Role.VERIFIER, Role.COMMISSIONER, Role.ORGANISER}),
        readers=STAFF,
    ),
)
