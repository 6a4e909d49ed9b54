"""The topics of e-mails, in the order of the page where one chooses."""

from marketplace.core.actors import BUYING, FINANCE, FINANCE_READERS, INVOICED, STAFF, Role
from marketplace.messaging.topics import Choice, Topic, register
from marketplace.messaging.webhook_queries import KEEPERS

ORDERS, BOOKINGS, APPROVALS, DECISIONS = "orders", "bookings", "approvals", "decisions"
INVOICES, WAITS, JOBS, KEYS, SEALS = "invoices", "waits", "jobs", "keys", "seals"
WEBHOOKS = "webhooks"
QUERIES, REMINDERS = "queries", "reminders"
OFFERS = "offers"
INCLUDED = "included"
WAIVERS = "waivers"
DATES = "dates"
EVALUATIONS = "evaluations"
NETWORKS = "networks"
EVERYBODY = frozenset(Role)
_READ_ORDERS = STAFF
_READ_MONEY = FINANCE_READERS

register(
    Topic(
        WAITS,
        "What waits for you",
        "One e-mail at 7am on working days with what stands on your home page, when anything does.",
        "You get this because something waits for you.",
        Choice.DIGEST,
        EVERYBODY,
        (Choice.DIGEST, Choice.NEVER),
    ),
    Topic(
        ORDERS,
        "Orders",
        "What you ordered, with its sum and what happens next.",
        "You get this because you placed the order.",
        Choice.AT_ONCE,
        BUYING,
        readers=_READ_ORDERS,
    ),
    Topic(
        BOOKINGS,
        "Cancelled places",
        "A place that was cancelled on an order of yours, and what comes back.",
        "You get this because you placed the order.",
        Choice.AT_ONCE,
        BUYING,
        readers=_READ_ORDERS,
    ),
    Topic(
        INCLUDED,
        "What your subscription includes",
        "A month before included places, days or downloads lapse that nobody has used.",
        "You get this because you buy for this organisation.",
        Choice.AT_ONCE,
        BUYING,
        readers=_READ_ORDERS,
    ),
    Topic(
        DATES,
        "Course dates",
        "When a date is confirmed, moved or cancelled, how to join it, and what its organiser writes.",
        "You get this because you booked places on the course, or come to it.",
        Choice.AT_ONCE,
        BUYING | {Role.DELEGATE},
        (Choice.AT_ONCE,),
        readers=frozenset({Role.ORGANISER, Role.ADMINISTRATOR}),
    ),
    Topic(
        NETWORKS,
        "Letters of networks",
        "What our organisers write to the contacts of a network's members. Each network is stopped by itself.",
        "You get this because you are a member's contact.",
        Choice.AT_ONCE,
        EVERYBODY,
        (Choice.AT_ONCE,),
        readers=_READ_ORDERS,
    ),
    Topic(
        EVALUATIONS,
        "How a course was",
        "After a course, a link to four short questions for each person who came.",
        "You get this because you booked the places, and we do not know the address of who came.",
        Choice.AT_ONCE,
        EVERYBODY,
        readers=_READ_ORDERS,
    ),
    Topic(
        WAIVERS,
        "Waivers",
        "When you ask that what cancelling cost is waived, our answer; for organisers, what waits for a decision.",
        "You get this because you asked for a waiver, or because you decide on them.",
        Choice.AT_ONCE,
        BUYING | {Role.ORGANISER},
        readers=_READ_ORDERS,
    ),
    Topic(
        INVOICES,
        "Invoices and credit notes",
        "Sent to you only where your school or trust has no shared address for them.",
        "You get this because you buy for this organisation and it has no shared address for invoices.",
        Choice.AT_ONCE,
        BUYING,
        readers=_READ_MONEY,
    ),
    Topic(
        QUERIES,
        "Queries of invoices",
        "When somebody asks about an invoice, and when it is answered or resolved.",
        "You get this because you asked, or because you answer queries of invoices.",
        Choice.AT_ONCE,
        INVOICED | FINANCE,
        readers=_READ_MONEY,
    ),
    Topic(
        REMINDERS,
        "Payment reminders",
        "When an invoice is past its day, with the statement.",
        "You get this because an invoice to your organisation is past the day on which it was to be paid.",
        Choice.AT_ONCE,
        INVOICED,
        (Choice.AT_ONCE,),
        readers=_READ_MONEY,
    ),
    Topic(
        APPROVALS,
        "Orders that you are asked to approve",
        "Each order that waits for your decision.",
        "You get this because the order waits for your decision.",
        Choice.AT_ONCE,
        frozenset({Role.APPROVER, Role.TRUST_FINANCE}),
        (Choice.AT_ONCE,),
    ),
    Topic(
        DECISIONS,
        "Decisions on your orders",
        "Whether an order that you sent for approval was approved.",
        "You get this because you sent the order for approval.",
        Choice.AT_ONCE,
        BUYING,
        readers=_READ_ORDERS,
    ),
    Topic(
        OFFERS,
        "Offers that you submit",
        "When one is published, and when we ask you to change something.",
        "You get this because you write offers for this organisation.",
        Choice.AT_ONCE,
        frozenset({Role.PROVIDER}),
        readers=frozenset({Role.ORGANISER, Role.ADMINISTRATOR}),
    ),
    Topic(
        JOBS,
        "Long work that you started",
        "When it ends, if it took more than half a minute or was stopped by an error.",
        "You get this because you started it.",
        Choice.AT_ONCE,
        STAFF,
        readers=frozenset({Role.ADMINISTRATOR}),
    ),
    Topic(
        KEYS,
        "Keys for programs",
        "Each key that is made in your name, so that you notice one that you did not make.",
        "You get this because the key acts in your name.",
        Choice.AT_ONCE,
        EVERYBODY,
        (Choice.AT_ONCE,),
    ),
    Topic(
        WEBHOOKS,
        "Webhooks",
        "When one is added, and when one is switched off because it failed.",
        "You get this because you may keep the webhooks of this organisation.",
        Choice.AT_ONCE,
        frozenset(KEEPERS),
        (Choice.AT_ONCE,),
        readers=frozenset({Role.ADMINISTRATOR}),
    ),
    Topic(
        SEALS,
        "Seals of the event log",
        "The last seal of each day, to keep outside this system.",
        "You get this because auditors keep the seals of the event log.",
        Choice.AT_ONCE,
        frozenset({Role.AUDITOR}),
        (Choice.AT_ONCE,),
        readers=frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    ),
)
