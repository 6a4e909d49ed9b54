"""What the event log says about what subscriptions include."""

WORDS = {
    "allowance.changed": "How much a subscription includes was changed",
    "allowance.named": "What a subscription includes goes by another name",
    "allowance.carried_over": "What was left of a subscription's places, days or downloads was carried over",
    "allowance.lapses_soon": "Buyers were told what lapses soon of what their subscription includes",
}
