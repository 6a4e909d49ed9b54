"""The calendar of course dates: a month as a grid and as a list, for anybody and for a buyer."""

from calendar import Calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.calendar_queries import CalendarChoice, count_by_day, meetings_in, themes_in_use
from catalogue.models import Meeting
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.listing import page_of
from frontend.formats import clock, long_date, plural, short_date
from frontend.jinja import query
from frontend.notices.readers import absolute
from frontend.school.calendar_files import where_of
from frontend.school.calendar_form import CalendarFilter, choice_of
from frontend.school.finding import own_buyer
from marketplace.core.periods import add_months
from marketplace.core.wording import month_words

PER_PAGE = 25
BACK, FORWARD = 12, 24  # months that can be looked at
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Course dates for anybody. Whoever buys for one organisation is sent to their own calendar."""
    if (own := own_buyer(request)) is not None:
        return redirect(f"{own.url('school-calendar')}?{request.GET.urlencode()}".rstrip("?"))
    return render(request, "public/calendar.html", _context(request, None))


@login_required
@require_safe
def school_calendar(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The same dates, each leading to the buyer's own price."""
    return render(request, "public/calendar.html", _context(request, buyer_for(request, kind, code)))


def _context(request: HttpRequest, buyer: Buyer | None) -> dict[str, Any]:
    today = timezone.localdate()
    month, day = _month(request.GET.get("month", ""), today), request.GET.get("day", "")
    choice, end = choice_of(request.GET), add_months(month, 1)
    counts = count_by_day(month, end, choice)
    chosen = next((one for one in counts if one.isoformat() == day), None)
    listed = meetings_in(chosen or month, chosen + timedelta(days=1) if chosen else end, choice)
    page = page_of(request, listed, per_page=PER_PAGE)
    return {
        "buyer": buyer,
        "filter_form": CalendarFilter(request.GET, themes_in_use()),
        "month": month,
        "month_words": month_words(month),
        "earlier": _step(request, add_months(month, -1), today),
        "later": _step(request, end, today),
        "day_names": DAYS,
        "weeks": _weeks(request, month, counts, today, chosen),
        "day_words": long_date(chosen) if chosen else "",
        "all_days": query(request, day=None, page=None),
        "page_obj": page,
        "rows": [_row(meeting, buyer) for meeting in page],
        "count_text": plural(sum(counts.values()) if not chosen else counts[chosen], "meeting"),
        "feed": _feed(choice),
        "narrowed": any((choice.theme, choice.phase, choice.mode)),
    }


def _month(given: str, today: date) -> date:
    """The first of the month that is asked for; this month where that is none of those that can be looked at."""
    this = today.replace(day=1)
    months = {f"{one:%Y-%m}": one for one in (add_months(this, step) for step in range(-BACK, FORWARD + 1))}
    return months.get(given, this)


def _step(request: HttpRequest, month: date, today: date) -> dict[str, str] | None:
    if _month(f"{month:%Y-%m}", today) != month:
        return None
    return {"text": month_words(month), "href": query(request, month=f"{month:%Y-%m}", day=None, page=None)}


def _weeks(
    request: HttpRequest, month: date, counts: Mapping[date, int], today: date, chosen: date | None
) -> list[list[dict[str, Any]]]:
    """The month's days by week; a day of another month is empty."""
    return [
        [
            {
                "day": day if day.month == month.month else None,
                "long": long_date(day),
                "count": counts.get(day, 0) if day.month == month.month else 0,
                "href": query(request, month=f"{month:%Y-%m}", day=day.isoformat(), page=None) + "#dates",
                "today": day == today,
                "chosen": day == chosen,
            }
            for day in week
        ]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]


def _row(meeting: Meeting, buyer: Buyer | None) -> list[Any]:
    run, offer = meeting.run, meeting.run.offer
    href = buyer.url("school-offer", offer=offer.code) if buyer else reverse("find-offer", kwargs={"offer": offer.code})
    many = getattr(meeting, "of_how_many", 1)
    part = f", meeting {meeting.position} of {many}" if many > 1 else ""
    begun = run.starts_at <= timezone.now()
    left = "Begun" if begun else plural(run.places_left, "place") + " left" if run.places_left > 0 else "Full"
    return [
        f"{short_date(meeting.starts_at)}, {clock(meeting.starts_at)} to {clock(meeting.ends_at)}",
        {"text": f"{offer.title}{part}", "href": href},
        where_of(meeting) or "Face to face",
        left,
    ]


def _feed(choice: CalendarChoice) -> str:
    """The whole address of the feed of what is shown, for a calendar program to subscribe to."""
    given = {name: value for name, value in vars(choice).items() if value}
    return absolute(reverse("calendar-feed")) + (f"?{urlencode(given)}" if given else "")
