"""Registers the topics, the handlers, the templates and the recurring duty."""

from frontend.jinja import TEMPLATES
from frontend.notices import (  # noqa: F401
    approvals,
    bookings,
    digest,
    documents,
    keys,
    orders,
    purchase_orders,
    queries,
    reminders,
    seals,
    topics,
    webhooks,
    work,
)
from marketplace.messaging.rendering import add_templates

add_templates(TEMPLATES)
