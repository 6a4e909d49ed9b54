"""The verbs of messaging that other packages call."""

from marketplace.messaging.services.addresses import set_notification_address
from marketplace.messaging.services.preferences import choose, read_stop_token, stop, stop_token
from marketplace.messaging.services.queueing import To, send
from marketplace.messaging.services.sending import send_again, send_waiting
from marketplace.messaging.services.webhooks import (
    add_webhook,
    change_webhook,
    change_webhook_secret,
    delete_webhook,
    switch_webhook_off,
    switch_webhook_on,
)
from marketplace.messaging.services.webhooks_queueing import (
    publish_kinds,
    send_test_webhook,
    send_webhook_again,
    send_webhooks_since,
)
from marketplace.messaging.services.webhooks_sending import deliver_webhooks

__all__ = [
    "To",
    "add_webhook",
    "change_webhook",
    "change_webhook_secret",
    "choose",
    "delete_webhook",
    "deliver_webhooks",
    "publish_kinds",
    "read_stop_token",
    "send",
    "send_again",
    "send_webhooks_since",
    "send_test_webhook",
    "send_waiting",
    "set_notification_address",
    "stop",
    "stop_token",
    "send_webhook_again",
    "switch_webhook_off",
    "switch_webhook_on",
]
