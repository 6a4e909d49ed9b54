"""The topics of e-mails about contracts that pay on results, about a council's contracts, and about support plans.

Who organises them alone reads those that others were sent: some contracts and plans are known to few.
"""

from marketplace.core.actors import Role
from marketplace.messaging.topics import Choice, Topic, register

OUTCOMES, COUNCIL, SUPPORT = "outcomes", "council", "support"
_READERS = frozenset({Role.ORGANISER})

register(
    Topic(
        OUTCOMES,
        "Contracts that pay on results",
        "When one is offered, agreed, varied or ended, and what each of its statements comes to.",
        "You get this because you agree such contracts, or are paid under one.",
        Choice.AT_ONCE,
        frozenset(
            {
                Role.HUB_LEAD, Role.APPROVER, Role.BUYER, Role.DELEGATE, Role.PROVIDER, Role.COMMISSIONER, Role.ORGANISER,
                Role.FINANCE_MANAGER,
            }
        ),
        readers=_READERS,
    ),
    Topic(
        COUNCIL,
        "Your council's contracts",
        "Quarterly returns, invoices that wait for your approval, and once a quarter what will likely stay unspent.",
        "You get this because you look after a council's contracts.",
        Choice.AT_ONCE,
        frozenset({Role.COMMISSIONER, Role.ORGANISER}),
        readers=_READERS,
    ),
    Topic(
        SUPPORT,
        "Support plans",
        "When one is to be agreed, is agreed or taken back, and a week before each review.",
        "You get this because you agree, fund or organise a school's support.",
        Choice.AT_ONCE,
        frozenset({Role.APPROVER, Role.COMMISSIONER, Role.ORGANISER}),
        readers=_READERS,
    ),
)  # fmt: skip
