"""Events about council contracts, their packages, returns and invoices, in users' words."""

WORDS: dict[str, str] = {
    "commission.drafted": "Council contract {subject} was drawn up",
    "commission.lines_changed": "The lines of council contract {subject} were changed",
    "commission.indicator_added": "Council contract {subject} got an indicator",
    "commission.package_added": "Council contract {subject} got a package",
    "commission.package_changed": "The allocation of a package of {subject} was changed",
    "commission.rule_changed": "Which schools a package of {subject} pays for was changed",
    "commission.package_offered": "Schools were told of a package of {subject}",
    "commission.schools_listed": "The schools of a package of {subject} were chosen",
    "commission.offers_funded": "What a package of {subject} pays for was chosen",
    "commission.return_sent": "A quarterly return of {subject} was sent",
    "commission.return_accepted": "A quarterly return of {subject} was accepted",
    "commission.return_queried": "A commissioner asked about a quarterly return of {subject}",
    "commission.handover_planned": "The handover of {subject} was planned",
    "commission.handed_over": "A step of the handover of {subject} was ticked or taken back",
    "commission.invoice_approved": "A commissioner approved invoice {subject} for payment",
}
