"""What a token may be used for. A scope opens a door; the person's roles on the day decide what lies behind it."""

READ, WRITE = "read", "write"

AREAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "organisations": ("Organisations, their customer terms and people", (READ, WRITE)),
    "catalogue": ("Offers, dates and prices", (READ, WRITE)),
    "orders": ("Baskets, orders, bookings and approvals", (READ, WRITE)),
    "outcomes": ("Contracts that pay on outcomes, claims under them, their statements", (READ, WRITE)),
    "invoices": ("Invoices, credit notes, items to invoice", (READ, WRITE)),
    "payments": ("Payments, money on account, customer statements", (READ, WRITE)),
    "bank": ("Bank accounts, statements and lines", (READ, WRITE)),
    "ledger": ("Trial balance, accounts, entries and journals", (READ, WRITE)),
    "events": ("The event log", (READ,)),
    "files": ("Private files of what you may see, such as evidence and receipts", (READ,)),
    "jobs": ("Long work", (READ, WRITE)),
    "webhooks": ("Webhook endpoints and their deliveries", (READ, WRITE)),
}
SCOPES: dict[str, str] = {
    f"{area}:{verb}": f"{'See' if verb == READ else 'Change'}: {words[0].lower()}{words[1:]}"
    for area, (words, verbs) in AREAS.items()
    for verb in verbs
}
