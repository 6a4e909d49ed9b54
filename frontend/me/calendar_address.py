"""A person's own calendar at an address that only they know: signed, naming nobody, ended whenever they like."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import CalendarFeed
from frontend.notices.readers import absolute
from frontend.provider.own_calendar import slot_occasions
from frontend.school.calendar_files import ics, occasion_of, own_words
from frontend.school.contract_waits import notice_occasions
from marketplace.core.errors import NotFound
from marketplace.core.icalendar import calendar_file
from marketplace.organisations.services.people import actor_for
from marketplace.trading.queries_of_calendar import own_meetings

_SIGNER = signing.Signer(salt="me.calendar", sep="~")


def token_of(feed: CalendarFeed) -> str:
    return _SIGNER.sign(feed.key.hex)


def address_of(feed: CalendarFeed) -> str:
    """The whole address, for a calendar program to subscribe to."""
    return absolute(reverse("me-calendar-feed", kwargs={"token": token_of(feed)}))


@require_safe
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The places booked for the person or their schools, and the notice dates of the contracts that they hold elsewhere, as
    they buy today, and what a consultant delivers; nothing where the address was ended."""
    today = timezone.localdate()
    user = _feed(token).person.user
    actor = actor_for(user=user, on=today) if user is not None and user.is_active else None
    if actor is None:
        raise NotFound("Page not found")
    page = absolute(reverse("home"))
    occasions = [occasion_of(one, text=own_words(one), url=page) for one in own_meetings(actor, on=today)]
    occasions += notice_occasions(actor, today)
    occasions += slot_occasions(actor, today)
    return ics(calendar_file(occasions, name=f"{settings.PARTNERSHIP_NAME}: places booked"), "places-booked.ics")


def _feed(token: str) -> CalendarFeed:
    """The calendar of a token, or NotFound for one that was changed, invented or ended."""
    try:
        key = UUID(hex=_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound("Page not found") from error
    found = CalendarFeed.objects.select_related("person__user").filter(key=key).first()
    if found is None:
        raise NotFound("Page not found")
    return found
