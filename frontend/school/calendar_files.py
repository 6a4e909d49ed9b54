"""Course dates as calendar files: what each entry says, for the public feed and for a person's own."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.calendar_queries import feed_meetings
from catalogue.models import CourseRun, Meeting
from frontend.formats import plural
from frontend.notices.readers import absolute
from frontend.school.calendar_form import choice_of, choice_words
from marketplace.core.icalendar import MEDIA_TYPE, Occasion, calendar_file
from marketplace.core.wording import long_date


def meeting_uid(meeting: Meeting) -> str:
    """The name of a meeting for calendar programs: the same in every feed, whatever is moved."""
    return f"{meeting.run.code}-{meeting.position}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"


def occasion_of(meeting: Meeting, *, text: str, url: str) -> Occasion:
    """A meeting as an entry. Load it with its run, the run's offer and ``of_how_many``."""
    run, many = meeting.run, getattr(meeting, "of_how_many", 1)
    part = f" ({meeting.position} of {many})" if many > 1 else ""
    cancelled = run.state == CourseRun.State.CANCELLED
    return Occasion(
        uid=meeting_uid(meeting),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=f"{'Cancelled: ' if cancelled else ''}{run.offer.title}{part}",
        where=where_of(meeting),
        text=text,
        sequence=run.sequence + int(cancelled),
        cancelled=cancelled,
        tentative=run.tentative,
        url=url,
    )


def where_of(meeting: Meeting) -> str:
    """Where a meeting is held, as far as the public may know."""
    run = meeting.run
    if run.mode == CourseRun.Mode.ONLINE:
        return "Online"
    place = meeting.venue or run.venue
    return f"{place}, or online".lstrip(", ") if run.mode == CourseRun.Mode.HYBRID else place


@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Course dates for anybody's calendar program, narrowed as on the calendar's page. Nobody's booking stands in it."""
    choice = choice_of(request.GET)
    occasions = [
        occasion_of(meeting, text=_public_words(meeting), url=_page(meeting))
        for meeting in feed_meetings(timezone.localdate(), choice)
    ]
    narrowed = choice_words(choice)
    name = f"{settings.PARTNERSHIP_NAME}: course dates{', ' + narrowed if narrowed else ''}"
    return ics(calendar_file(occasions, name=name), "course-dates.ics")


def _page(meeting: Meeting) -> str:
    return absolute(reverse("find-offer", kwargs={"offer": meeting.run.offer.code}))


def _public_words(meeting: Meeting) -> str:
    run = meeting.run
    if run.state == CourseRun.State.CANCELLED:
        return "This date is cancelled."
    left = plural(run.places_left, "place") + " left" if run.places_left > 0 else "Full; a waiting list may be open"
    said = [
        run.offer.summary,
        f"By {run.offer.provider.organisation.name}.",
        f"{left} on {long_date(timezone.localdate())}.",
    ]
    return "\n".join(one for one in said if one)


def ics(content: bytes, filename: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer


def own_words(meeting: Any) -> str:
    """What a person's own calendar says of a meeting: how many places, and nobody's name."""
    if meeting.run.state == CourseRun.State.CANCELLED:
        return "This date is cancelled. Your booking's page says what comes back."
    said = [f"{plural(meeting.places, 'place')} booked. Who comes, and how to join, stands on the booking's page."]
    if meeting.run.tentative:
        said.append("It depends on enough people coming and is not confirmed yet.")
    return "\n".join(said)
