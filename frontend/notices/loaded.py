"""Registers the topics, the handlers, the templates and the recurring duty."""

from frontend.jinja import TEMPLATES
from frontend.notices import (  # noqa: F401
    approvals,
    bookings,
    contracts,
    dates,
    digest,
    documents,
    evaluations,
    included,
    keys,
    licences,
    networks,
    offers,
    orders,
    purchase_orders,
    queries,
    reminders,
    renewals,
    seals,
    searches,
    tickets,
    topics,
    waiting,
    waivers,
    webhooks,
    work,
)
from marketplace.messaging.rendering import add_templates

add_templates(TEMPLATES)
