"""What is told to people and to customers' programs."""

from marketplace.messaging.models.messages import DigestDay, Message, NotificationAddress, Preference
from marketplace.messaging.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "DigestDay",
    "Message",
    "NotificationAddress",
    "Preference",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
