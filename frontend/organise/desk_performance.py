"""How well the desk kept what was promised: by month as a chart with its table, and by service and month."""

from datetime import date

from django.http import HttpResponse
from django.utils import timezone

from frontend.finance.listing import csv_response, csv_url, wants_csv
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import OrganiserRequest, show
from frontend.organise.desk_access import desk_page
from frontend.organise.reports import FIRST_MONTH, YearForm, school_year
from marketplace.core.periods import Period
from marketplace.core.wording import month_words
from subscriptions.desk.performance import Kept, kept_over, together

_CSV = ["month", "service", "tickets", "answers_due", "answered_in_time", "percent", "fixes_due", "fixed_in_time", "percent"]  # fmt: skip
NOT_COVERED = "Not covered by a service"


@desk_page()
def performance(request: OrganiserRequest) -> HttpResponse:
    """One school year of tickets. One query, however many there are."""
    this = school_year(timezone.localdate())
    asked = request.GET.copy()
    asked.setdefault("year", str(this))
    form = YearForm(asked, this=this)
    year = form.cleaned_data["year"] or this if form.is_valid() else this
    rows = kept_over(Period(date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1)), request.actor)
    if wants_csv(request):
        return csv_response("promises-kept", _CSV, (_cells(one) for one in rows))
    months = [
        together([one for one in rows if one.month == month], month=month) for month in sorted({r.month for r in rows})
    ]
    total = together(rows)
    context = {
        "form": form,
        "year": year,
        "months": months,
        "rows": sorted(rows, key=lambda one: (one.service or NOT_COVERED, one.month)),
        "total": total,
        "finding": _finding(months, total),
        "month_words": month_words,
        "not_covered": NOT_COVERED,
        "csv_url": csv_url(request),
        "back_url": url("organise-tickets"),
    }
    return show(request, "ticket_performance.html", context)


def _finding(months: list[Kept], total: Kept) -> str:
    """What the chart shows, as a sentence."""
    if total.fixed_percent is None:
        return f"{plural(total.tickets, 'ticket')}, none yet with a promise that was kept or missed"
    counted = [one for one in months if one.fixed_percent is not None]
    worst = min(counted, key=lambda one: one.fixed_percent or 0)
    said = f"{total.fixed_percent}% put right within the promise"
    lowest = f", least in {month_words(worst.month)} ({worst.fixed_percent}%)"
    return said + (lowest if len(counted) > 1 and worst.fixed_percent != 100 else "")


def _cells(one: Kept) -> list[object]:
    return [
        f"{one.month:%Y-%m}", one.service or NOT_COVERED, one.tickets, one.answers, one.answers_kept, one.answered_percent,
        one.fixes, one.fixes_kept, one.fixed_percent,
    ]  # fmt: skip
