"""The topics of e-mails about payments to providers: for who is paid, and for who is asked to release by link."""

from marketplace.core.actors import FINANCE_READERS, Role
from marketplace.messaging.topics import Choice, Topic, register

PAYMENTS, RELEASERS = "payments", "releasers"

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

register(
    Topic(
        RELEASERS,
        "Payments to release",
        "When a finance manager names somebody without a sign-in to release a payment batch.",
        "You get this because a finance manager named you as a third person.",
        Choice.AT_ONCE,
        frozenset(),
        choices=(Choice.AT_ONCE,),
    )
)
