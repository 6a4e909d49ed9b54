"""What renewals do by themselves: customers are reminded, and what renews itself is renewed."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.renewals.reminding import remind_due, renew_by_itself

ACTOR = platform("Renewals")


def remind_today() -> int:
    return remind_due(on=timezone.localdate(), actor=ACTOR)


def renew_today() -> int:
    return renew_by_itself(on=timezone.localdate(), actor=ACTOR)


every(3600, "subscriptions.renewal_reminders", remind_today)
every(3600, "subscriptions.renew_by_itself", renew_today)
