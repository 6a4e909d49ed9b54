"""A consultant's visits and course dates for their own calendar program."""

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from frontend.notices.readers import absolute
from marketplace.core.actors import Actor, Role
from marketplace.core.icalendar import Occasion
from providers.models import Slot
from providers.queries import slots_of_person


def slot_occasions(actor: Actor, on: date) -> list[Occasion]:
    """What stands in the calendars of the person as a consultant, but for their time away; nothing for anybody else."""
    if actor.system or not actor.has(Role.CONSULTANT):
        return []
    page = absolute(reverse("home"))
    return [_occasion(one, page) for one in slots_of_person(actor, on=on)]


def _occasion(slot: Slot, page: str) -> Occasion:
    return Occasion(
        uid=f"{slot.source_key.replace(':', '-')}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}",
        starts_at=slot.during.lower,
        ends_at=slot.during.upper,
        title=f"{slot.get_kind_display()}: {slot.label}",
        url=page,
    )
