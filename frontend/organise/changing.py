"""Adding and changing course dates: a new one, a copy, its places, its joining instructions, what it costs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.services import add_run, copy_run, free_code, set_costs, set_joining
from frontend.finance.access import posted
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.date_forms import (
    COST_ROWS,
    CopyForm,
    CostsForm,
    JoiningForm,
    NewDateForm,
    PlacesForm,
    initial_costs,
    rows_asked,
)
from marketplace.core.errors import DomainError
from marketplace.trading.running_queries import date_for, offered_of
from marketplace.trading.services import change_places_offered


@organiser_page(READ_AND_WRITE)
def new(request: OrganiserRequest) -> HttpResponse:
    """A new date of a course with its meetings."""
    sent = posted(request)
    rows = rows_asked(sent)
    if sent is not None and sent.get("do") == "more":  # shown again as it was typed: nothing is judged yet
        form = NewDateForm(rows=rows, initial=sent.dict())
    else:
        form = NewDateForm(sent, rows=rows, initial={"offer": request.GET.get("offer", ""), "mode": "face_to_face"})
    if form.is_valid():
        given, meetings = form.cleaned_data, form.meetings()

        def add() -> CourseRun:
            return add_run(
                offer=given["offer"], code=free_code(given["offer"], timezone.localdate(meetings[0].starts_at)),
                mode=given["mode"], venue=given["venue"], capacity=given["capacity"], min_numbers=given["min_numbers"],
                decide_by=given["decide_by"], meetings=meetings, actor=request.actor,
            )  # fmt: skip

        if (run := _done(form, add)) is not None:
            messages.success(request, f"{run.offer.title} on {long_date(run.starts_on)} can be booked.")
            return redirect(url("organise-date", code=run.code))
    context = {"form": form, "rows": len(form.rows), "back_url": url("organise-dates")}
    return show(request, "date_new.html", context, status=400 if form.is_bound else 200)


@organiser_page(READ_AND_WRITE)
def copy(request: OrganiserRequest, code: str) -> HttpResponse:
    """The same again from another first day."""
    run = date_for(request.actor, code)
    form = CopyForm(posted(request))
    if form.is_valid():
        day = form.cleaned_data["first_day"]
        given = {"first_day": day, "on": timezone.localdate(), "actor": request.actor}
        made = _done(form, lambda: copy_run(run=run, code=free_code(run.offer, day), **given))
        if made is not None:
            messages.success(request, f"{made.offer.title} on {long_date(made.starts_on)} can be booked.")
            return redirect(url("organise-date", code=made.code))
    return _form(request, "date_copy.html", run, form)


@organiser_page(READ_AND_WRITE)
def places(request: OrganiserRequest, code: str) -> HttpResponse:
    """How many places, how many must be taken, and until when that is decided."""
    run = date_for(request.actor, code)
    names = ("capacity", "min_numbers", "decide_by", "confirms_itself")
    form = PlacesForm(posted(request), initial={name: getattr(run, name) for name in names})
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in names}
        done = _done(
            form, lambda: change_places_offered(run=run, on=timezone.localdate(), actor=request.actor, **given)
        )
        if done is not None:
            offered = offered_of(run)
            waits = f" {plural(offered, 'place')} offered to those who wait." if offered else ""
            return _saved(request, code, f"The date has {plural(done.capacity, 'place')} now.{waits}")
        run = date_for(request.actor, code)
    return _form(request, "date_places.html", run, form)


@organiser_page(READ_AND_WRITE)
def joining(request: OrganiserRequest, code: str) -> HttpResponse:
    """What those who come must know."""
    run = date_for(request.actor, code)
    days = ", ".join(str(day) for day in run.joining_days)
    initial = {"joining": run.joining, "joining_link": run.joining_link, "joining_days": days}
    form = JoiningForm(posted(request), initial=initial)
    if form.is_valid():
        given = form.cleaned_data | {"on": timezone.localdate(), "actor": request.actor}
        if _done(form, lambda: set_joining(run=run, **given)) is not None:
            return _saved(request, code, "The joining instructions are kept. People with a place see them from now on.")
        run = date_for(request.actor, code)
    return _form(request, "date_joining.html", run, form)


@organiser_page(READ_AND_WRITE)
def costs(request: OrganiserRequest, code: str) -> HttpResponse:
    """What the date costs us, to know from how many places on it pays."""
    run = date_for(request.actor, code)
    found = list(run.costs.all())
    form = CostsForm(posted(request), rows=max(COST_ROWS, len(found) + 2), initial=initial_costs(found))
    if form.is_valid():

        def save() -> CourseRun:
            set_costs(run=run, costs=form.costs(), actor=request.actor)
            return run

        if _done(form, save) is not None:
            return _saved(request, code, "The costs are kept.")
    return _form(request, "date_costs.html", run, form)


def _done(form: Form, do: Callable[[], CourseRun]) -> CourseRun | None:
    """What the verb gave; None where it refused, with its words on the form."""
    try:
        return do()
    except DomainError as error:
        for sentence in [error.message, *error.detail]:
            form.add_error(None, sentence)
        return None


def _saved(request: OrganiserRequest, code: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(url("organise-date", code=code))


def _form(request: OrganiserRequest, template: str, run: CourseRun, form: Form, **more: Any) -> HttpResponse:
    context = {"run": run, "form": form, "back_url": url("organise-date", code=run.code), **more}
    return show(request, template, context, status=400 if form.is_bound else 200)
