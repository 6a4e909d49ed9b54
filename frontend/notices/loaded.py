"""Registers the topics, the handlers, the templates and the recurring duty."""

from frontend.jinja import TEMPLATES
from frontend.notices import approvals, bookings, digest, documents, keys, orders, seals, topics, work  # noqa: F401
from marketplace.messaging.rendering import add_templates

add_templates(TEMPLATES)
