"""Recurring duties of the desk."""

from django.utils import timezone

from marketplace.core import periodic
from marketplace.core.actors import platform
from subscriptions.desk.services import close_resolved, forget_tickets, mark_missed

ACTOR = platform("service desk")


def mark_missed_now() -> int:
    """Notes promises that have run out."""
    return mark_missed(at=timezone.now(), actor=ACTOR)


def close_and_forget() -> int:
    """Closes what was resolved long enough ago and erases what was kept long enough."""
    return close_resolved(at=timezone.now(), actor=ACTOR) + forget_tickets(on=timezone.localdate(), actor=ACTOR)


periodic.every(60, "subscriptions.desk_missed", mark_missed_now, until_idle=True)
periodic.every(3600, "subscriptions.desk_tidy", close_and_forget, until_idle=True)
