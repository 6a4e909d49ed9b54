"""The topic of e-mails about the contracts that a school holds elsewhere."""

from marketplace.core.actors import BUYING, Role
from marketplace.messaging.topics import Choice, Topic, register

CONTRACTS = "contracts"

register(
    Topic(
        CONTRACTS,
        "Notice dates of your contracts",
        "60 and 14 days before the last day on which you can give notice of a contract in your register.",
        "You get this because you look after the contract, or buy for the school that has it.",
        Choice.AT_ONCE,
        BUYING,
        readers=frozenset({Role.ADMINISTRATOR}),
    )
)
