"""What purses do by themselves: invoices of what was drawn are paid, credits go back."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.purses.settling import settle_draws


def settled_today() -> int:
    return settle_draws(on=timezone.localdate(), actor=platform("Clusters' purses"))


every(600, "subscriptions.purses", settled_today)
