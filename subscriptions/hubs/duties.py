"""Recurring duties of hubs: calls close at their deadline, deadlines and reviews that near are told, what led to nothing is
erased after twelve months."""

from django.utils import timezone

from marketplace.core import periodic
from marketplace.core.actors import platform
from subscriptions.hubs.services.calls import close_calls_over
from subscriptions.hubs.services.erasing import erase_unsuccessful
from subscriptions.hubs.services.watching import remind_reviews, remind_unsent

ACTOR = platform("hubs")


def close_calls_now() -> int:
    """Closes calls whose deadline is over."""
    return close_calls_over(at=timezone.now(), actor=ACTOR)


def erase_now() -> int:
    """Erases applications that led to nothing twelve months ago."""
    return erase_unsuccessful(on=timezone.localdate(), actor=ACTOR)


def remind_now() -> int:
    """Tells schools whose draft is not sent that the deadline is near, and both sides of a hub that its review is."""
    told = remind_unsent(at=timezone.now(), actor=ACTOR)
    return told + remind_reviews(on=timezone.localdate(), actor=ACTOR)


periodic.every(60, "subscriptions.hub_calls_closed", close_calls_now, until_idle=True)
periodic.every(3600, "subscriptions.hubs_reminded", remind_now, until_idle=True)
periodic.every(3600, "subscriptions.hub_applications_erased", erase_now, until_idle=True)
