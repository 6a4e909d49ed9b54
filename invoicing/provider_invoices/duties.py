"""What recurs by itself: self-billing agreements that end are told of."""

from django.utils import timezone

from invoicing.provider_invoices.renewing import remind_endings
from marketplace.core import periodic
from marketplace.core.actors import platform


def endings_of_today() -> int:
    """Returns how many reminders were recorded."""
    return remind_endings(on=timezone.localdate(), actor=platform("self-billing agreements"))


periodic.every(6 * 3600, "invoicing.self_billing_endings", endings_of_today)
