"""How full the course dates of a year are and what they bring, by month and by theme."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from catalogue.models import CourseRun
from frontend.finance.listing import csv_response, csv_url, pounds, wants_csv
from frontend.formats import money, plural
from frontend.organise.access import OrganiserRequest, organiser_page, show
from marketplace.trading.running_queries import charged_of, dates_for

FIRST_MONTH = 9
_CSV = ["by", "what", "dates", "cancelled", "places", "taken", "charged"]


@dataclass
class Line:
    """The dates of one month or theme: how many, how many of them cancelled, places, those taken, pence before VAT."""

    name: str
    dates: int = 0
    cancelled: int = 0
    places: int = 0
    taken: int = 0
    pence: int = 0

    @property
    def percent(self) -> int:
        """Of 100 places so many are taken, rounded half up."""
        return (self.taken * 200 + self.places) // (2 * self.places) if self.places else 0

    def add(self, run: CourseRun, pence: int) -> None:
        self.pence += pence
        if run.state == CourseRun.State.CANCELLED:
            self.cancelled += 1
            return
        self.dates += 1
        self.places += run.capacity
        self.taken += run.taken


class YearForm(forms.Form):
    """Which school year."""

    year = forms.TypedChoiceField(label="School year", coerce=int, required=False)

    def __init__(self, *args: object, this: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        years = range(this + 1, this - 4, -1)
        self.fields["year"].choices = [(one, f"{one} to {one + 1}") for one in years]  # type: ignore[attr-defined]


def school_year(on: date) -> int:
    """The year in which the school year of that day began."""
    return on.year if on.month >= FIRST_MONTH else on.year - 1


@organiser_page(section="organise-reports")
def reports(request: OrganiserRequest) -> HttpResponse:
    """One school year of dates. Three queries, however many dates there are."""
    this = school_year(timezone.localdate())
    asked = request.GET.copy()
    asked.setdefault("year", str(this))
    form = YearForm(asked, this=this)
    year = form.cleaned_data["year"] or this if form.is_valid() else this
    runs = list(
        dates_for(request.actor)
        .filter(starts_at__gte=_first(year), starts_at__lt=_first(year + 1))
        .order_by("starts_at", "pk")
    )
    charged = charged_of(run.pk for run in runs)
    months, themes, total = _by_month(runs, charged), _by_theme(runs, charged), Line("All dates")
    for run in runs:
        total.add(run, charged.get(run.pk, 0))
    if wants_csv(request):
        return csv_response("course-dates-by-month-and-theme", _CSV, _csv_rows(months, themes))
    context = {
        "form": form, "months": months, "themes": themes, "total": total, "year": year, "csv_url": csv_url(request),
        "finding": _finding(months, total), "most": max((one.pence for one in months), default=0),
    }  # fmt: skip
    return show(request, "reports.html", context)


def _first(year: int) -> datetime:
    return timezone.make_aware(datetime.combine(date(year, FIRST_MONTH, 1), time.min))


def _by_month(runs: Iterable[CourseRun], charged: dict[int, int]) -> list[Line]:
    lines: dict[str, Line] = {}
    for run in runs:
        name = f"{run.starts_on:%B %Y}"
        lines.setdefault(name, Line(name)).add(run, charged.get(run.pk, 0))
    return list(lines.values())


def _by_theme(runs: Iterable[CourseRun], charged: dict[int, int]) -> list[Line]:
    """A date of several themes counts in each of them."""
    lines: dict[str, Line] = defaultdict(lambda: Line(""))
    for run in runs:
        for theme in run.offer.themes or ["No theme"]:
            lines[theme].name = theme
            lines[theme].add(run, charged.get(run.pk, 0))
    return sorted(lines.values(), key=lambda line: (-line.pence, line.name))


def _finding(months: list[Line], total: Line) -> str:
    """What the chart shows, as a sentence."""
    best = max(months, key=lambda line: line.pence, default=None)
    if best is None or not total.pence:
        return "Nothing is charged for the dates of this year yet"
    return f"{plural(total.dates, 'date')} {'brings' if total.dates == 1 else 'bring'} {money(total.pence)}, most of it in {best.name}"


def _csv_rows(months: list[Line], themes: list[Line]) -> Iterable[list[object]]:
    for kind, lines in (("month", months), ("theme", themes)):
        for line in lines:
            yield [kind, line.name, line.dates, line.cancelled, line.places, line.taken, pounds(line.pence)]
