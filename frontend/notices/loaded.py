"""Registers the topics, the handlers, the templates and the recurring duty."""

from frontend.jinja import TEMPLATES
from frontend.notices import (  # noqa: F401
    approvals,
    bookings,
    dates,
    digest,
    documents,
    evaluations,
    keys,
    licences,
    networks,
    offers,
    orders,
    purchase_orders,
    queries,
    reminders,
    seals,
    searches,
    topics,
    waiting,
    waivers,
    webhooks,
    work,
)
from marketplace.messaging.rendering import add_templates

add_templates(TEMPLATES)
