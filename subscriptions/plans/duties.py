"""What subscription levels do by themselves: whatever runs has what it includes, whatever ended gives nothing more."""

from django.utils import timezone

from marketplace.core.periodic import every
from subscriptions.plans.services.granting import keep_entitlements


def keep_today() -> int:
    return keep_entitlements(on=timezone.localdate())


every(600, "subscriptions.keep_entitlements", keep_today)
