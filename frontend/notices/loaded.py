"""Registers the topics, the handlers, the templates and the recurring duty."""

from frontend.jinja import TEMPLATES
from frontend.notices import (  # noqa: F401
    accreditation,
    approvals,
    asked_changes,
    bookings,
    claims,
    consultants,
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
    payments,
    purchase_orders,
    queries,
    reminders,
    renewals,
    seals,
    searches,
    self_billing,
    tickets,
    topics,
    visits,
    waiting,
    waivers,
    webhooks,
    work,
)
from marketplace.messaging.rendering import add_templates

add_templates(TEMPLATES)
