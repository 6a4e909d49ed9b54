"""One course date: who comes, its meetings, money and history, and every verb that its organiser has."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.services import confirm_run
from frontend.finance.access import said
from frontend.finance.history import history_of
from frontend.formats import long_date
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from marketplace.core.errors import DomainError
from marketplace.trading.models import Booking
from marketplace.trading.rules.fill import Standing, cost_of
from marketplace.trading.running_queries import date_for, figures_of, let_go_by, letters_for, offered_of, places_of
from marketplace.trading.services import read_needs


@organiser_page(READ_AND_WRITE)
def organise_date(request: OrganiserRequest, code: str) -> HttpResponse:
    """The page of one date; its button confirms a date that is not certain yet."""
    run = date_for(request.actor, code)
    errors: list[str] = []
    if request.method == "POST":
        try:
            confirm_run(run=run, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            errors, run = said(error), date_for(request.actor, code)
        else:
            messages.success(request, "Confirmed. Everybody with a place is told by e-mail that it takes place.")
            return redirect(url("organise-date", code=code))
    return show(request, "date.html", _context(request, run) | {"errors": errors}, status=409 if errors else 200)


def _context(request: OrganiserRequest, run: CourseRun) -> dict[str, Any]:
    on = timezone.localdate()
    figures = figures_of([run], on)[run.pk]
    places = list(places_of(request.actor, run))
    costs, meetings = list(run.costs.all()), list(run.meetings.order_by("position"))
    return {
        "run": run, "figures": figures, "meetings": meetings, "costs": costs, "decide": _decide(run, figures.standing),
        "cost_pence": cost_of([(one.pence, one.by_day) for one in costs], len(meetings)),
        "presenters": [one.consultant for one in run.presenters.select_related("consultant").order_by("consultant__name")],
        "booked": [one for one in places if one.state == Booking.State.BOOKED],
        "offered": offered_of(run), "let_go": let_go_by(request.actor, run),
        "held": [one for one in places if one.state == Booking.State.HELD],
        "letters": letters_for(request.actor).filter(run=run)[:20],
        "history": history_of(subject_kind="run", subject=run.code),
        "may_change": figures.standing in (Standing.TENTATIVE, Standing.CONFIRMED) and on <= run.starts_on,
        "waiting_url": url("organise-waiting", code=run.code), "back_url": url("organise-dates"),
    }  # fmt: skip


def _decide(run: CourseRun, standing: Standing) -> str:
    """What there is to decide, as the organiser reads it."""
    if standing != Standing.TENTATIVE:
        return ""
    by = f" Decide by {long_date(run.decide_by)}." if run.decide_by else ""
    missing = (run.min_numbers or 0) - run.taken
    if missing > 0:
        are = "are" if missing != 1 else "is"
        return f"{missing} more {are} needed to reach the minimum of {run.min_numbers}.{by}"
    return f"The minimum of {run.min_numbers} is reached: confirm it, so that everybody knows.{by}"


@organiser_page(READ_AND_WRITE)
def needs(request: OrganiserRequest, code: str) -> HttpResponse:
    """What people need. It is opened by a button, since each sight of it is recorded."""
    run = date_for(request.actor, code)
    asked = places_of(request.actor, run).filter(state=Booking.State.BOOKED).exclude(needs="")
    shown = []
    if request.method == "POST":
        shown = [(one, read_needs(booking=one, actor=request.actor)) for one in asked]
    context = {
        "run": run, "count": asked.count(), "shown": shown, "opened": request.method == "POST",
        "back_url": url("organise-date", code=code),
    }  # fmt: skip
    response = show(request, "date_needs.html", context)
    response["Cache-Control"] = "no-store"
    return response
