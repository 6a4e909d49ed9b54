"""Course dates: how full they are, what they bring and cost, and which of them wait for a decision."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from catalogue.models import CourseRun
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.organise.access import OrganiserRequest, organiser_page, show
from marketplace.core.periods import add_months
from marketplace.trading.rules.fill import Standing
from marketplace.trading.running_queries import DateFigures, charged_of, dates_for, figures_of, in_standing

_SORTS = {
    "date": ["starts_at", "pk"],
    "course": ["offer__title", "starts_at", "pk"],
    "taken": ["taken", "starts_at", "pk"],
}
_CSV = [
    "code", "course", "first_day", "last_day", "mode", "venue", "state", "taken", "places", "minimum", "waiting",
    "decide_by", "charged", "cost", "break_even_places",
]  # fmt: skip
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
CHARTED = 12
STANDINGS = [("", "Coming and past"), ("coming", "Coming"), *[(one.value, one.value.capitalize()) for one in Standing]]


class DateFilter(forms.Form):
    """Which dates to show."""

    q = forms.CharField(label="Course or code", required=False, max_length=100)
    month = forms.RegexField(
        _MONTH, label="Month", required=False, help_text="Like 2027-03",
        error_messages={"invalid": "Month must be a year and a month, like 2027-03"},
    )  # fmt: skip
    state = forms.ChoiceField(label="State", required=False, choices=STANDINGS)
    short = forms.BooleanField(label="Below the minimum", required=False)

    def clean_month(self) -> str:
        found = str(self.cleaned_data["month"])
        if found and not _MONTH.fullmatch(found):
            raise forms.ValidationError("Month must be a year and a month, like 2027-03")
        return found


def _filtered(runs: QuerySet[CourseRun], form: DateFilter, on: date) -> QuerySet[CourseRun]:
    if not form.is_valid():
        return runs
    wanted = form.cleaned_data
    if text := wanted["q"]:
        runs = runs.filter(Q(offer__title__icontains=text) | Q(code__iexact=text))
    if wanted["month"]:
        year, month = (int(part) for part in wanted["month"].split("-"))
        first = date(year, month, 1)
        runs = runs.filter(starts_at__gte=_midnight(first), starts_at__lt=_midnight(add_months(first, 1)))
    if wanted["state"] == "coming":
        runs = runs.filter(state=CourseRun.State.OPEN, ends_at__gte=_midnight(on))
    elif wanted["state"]:
        runs = in_standing(runs, Standing(wanted["state"]), on)
    if wanted["short"]:
        runs = in_standing(runs, Standing.TENTATIVE, on).filter(taken__lt=F("min_numbers"))
    return runs


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@organiser_page()
def dates(request: OrganiserRequest) -> HttpResponse:
    """Every date that fits the filter, soonest first; without a filter those that are coming."""
    on = timezone.localdate()
    asked = request.GET.copy()
    asked.setdefault("state", "coming")
    form = DateFilter(asked)
    found = _filtered(dates_for(request.actor), form, on)
    if wants_csv(request):
        rows = list(found.order_by("starts_at", "pk"))
        figures = figures_of(rows, on)
        return csv_response("course-dates", _CSV, (_csv_row(run, figures[run.pk]) for run in rows))
    page = page_of(request, found.order_by(*sort_by(request, _SORTS, default="date")))
    runs = list(page)
    figures = figures_of(runs, on)
    context = {
        "form": form, "chosen": _chosen(request, form), "page_obj": page,
        "rows": [{"run": run, "figures": figures[run.pk]} for run in runs],
        "total_pence": sum(charged_of(found.order_by().values_list("pk", flat=True)).values()),
        "chart": [_bar(run, figures[run.pk]) for run in runs[:CHARTED] if run.state == CourseRun.State.OPEN],
        "csv_url": csv_url(request), "may_add": True,
    }  # fmt: skip
    return show(request, "dates.html", context)


def _chosen(request: OrganiserRequest, form: DateFilter) -> list[dict[str, str]]:
    """The filters in force; the coming dates are what the page shows by itself."""
    return [one for one in chosen(request, form) if one["text"] != "State: Coming"]


def _bar(run: CourseRun, figures: DateFigures) -> dict[str, Any]:
    return {"run": run, "fill": figures.fill, "share": run.taken * 1000 // run.capacity}


def _csv_row(run: CourseRun, figures: DateFigures) -> list[object]:
    return [
        run.code, run.offer.title, run.starts_on, run.ends_on, run.get_mode_display(), run.venue, figures.standing.value,
        run.taken, run.capacity, run.min_numbers, figures.fill.waiting, run.decide_by, pounds(figures.revenue_pence),
        pounds(figures.cost_pence) if figures.cost_pence else "", figures.break_even,
    ]  # fmt: skip
