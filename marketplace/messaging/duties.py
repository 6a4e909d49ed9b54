"""Messaging's recurring duties: sending the e-mails and webhooks that are due, forgetting old deliveries."""

from marketplace.core import periodic
from marketplace.messaging.services import deliver_webhooks, send_waiting
from marketplace.messaging.services.webhooks_sending import forget_old_deliveries

periodic.every(3, "messaging.send", send_waiting, until_idle=True)
periodic.every(2, "messaging.webhooks", deliver_webhooks, until_idle=True)
periodic.every(3600, "messaging.webhooks_forget", forget_old_deliveries, until_idle=True)
