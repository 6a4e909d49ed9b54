"""Hours of professional development of a school's staff, from what the school booked; nobody's own record."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for
from frontend.finance.listing import csv_response, csv_url, page_of, wants_csv
from marketplace.trading.queries_of_days import staff_hours
from marketplace.trading.rules.attending import hours_words

PER_PAGE = 25


@login_required
@require_safe
def cpd(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """This school year's hours by person, or those of another year (``?year=2025`` is from September 2025)."""
    buyer, today = buyer_for(request, kind, code), timezone.localdate()
    this_year = today.year if today.month >= 9 else today.year - 1
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= this_year else this_year
    rows = staff_hours(request.actor, buyer.organisation, date(year, 9, 1), date(year + 1, 9, 1))
    if wants_csv(request):
        cells = ([row["name"], row["courses"], _minutes(row)] for row in rows)
        return csv_response(f"cpd-{year}", ("Name", "Courses", "Minutes"), cells)
    page = page_of(request, rows, per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "page_obj": page,
        "rows": [(row["name"], row["courses"], hours_words(_minutes(row))) for row in page],
        "year": year,
        "years": [this_year, this_year - 1, this_year - 2],
        "csv_url": csv_url(request),
        "back_url": buyer.url("school-bookings"),
    }
    return render(request, "school/cpd.html", context)


def _minutes(row: Any) -> int:
    return int(row["lasted"].total_seconds()) // 60
