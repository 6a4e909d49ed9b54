"""Attendance and satisfaction by course: one chart with its table; what people wrote, without names."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.models import Offer
from frontend.buying import SignedInRequest
from frontend.finance.listing import csv_response, csv_url, page_of, wants_csv
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.trading.queries_of_days import CourseFigures, courses_held, figures_of, words_about
from marketplace.trading.rules.attending import FEWEST

HEADER = ("Course", "Dates held", "Attended, percent", "Evaluations", "Mean score of 5", "Would recommend, percent")


def _organisers(actor: Actor) -> None:
    if not actor.has(Role.ORGANISER):
        raise NotFound("Page not found")


@login_required
@require_safe
def courses(request: SignedInRequest) -> HttpResponse:
    """Every course with a closed register."""
    _organisers(request.actor)
    held = courses_held()
    if wants_csv(request):
        return csv_response("courses", HEADER, (_cells(one) for one in figures_of(list(held))))
    page = page_of(request, held)
    rows = figures_of(list(page))
    context = {"page_obj": page, "rows": rows, "csv_url": csv_url(request), "fewest": FEWEST}
    return render(request, "organise/report_courses.html", context)


def _cells(one: CourseFigures) -> list[object]:
    thought = one.satisfaction
    people = thought.people if thought.shown else f"Fewer than {FEWEST}"
    score = f"{thought.tenths // 10}.{thought.tenths % 10}" if thought.tenths is not None else None
    return [one.offer.title, one.dates, one.attendance_percent, people, score, thought.percent]


@login_required
@require_safe
def course(request: SignedInRequest, offer: str) -> HttpResponse:
    """One course: its figures, and what people wrote about it."""
    _organisers(request.actor)
    found: Offer | None = courses_held().filter(code=offer).first()
    if found is None:
        raise NotFound("There is no such course.")
    [figures] = figures_of([found])
    context = {
        "offer": found, "figures": figures, "words": words_about(found), "fewest": FEWEST,
        "back_url": url("organise-report-courses"),
    }  # fmt: skip
    return render(request, "organise/report_course.html", context)
