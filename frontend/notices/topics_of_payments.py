"""The topic of e-mails about being paid: a provider's bank account, and payments."""

from marketplace.core.actors import FINANCE_READERS, Role
from marketplace.messaging.topics import Choice, Topic, register

PAYMENTS = "payments"

register(
    Topic(
        PAYMENTS,
        "Payments to you",
        "A payment on its way or rejected by the bank, and any change of the account into which you are paid.",
        "You get this because we pay the organisation for which you act.",
        Choice.AT_ONCE,
        frozenset({Role.PROVIDER}),
        (Choice.AT_ONCE,),
        readers=FINANCE_READERS,
    )
)
