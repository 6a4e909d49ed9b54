"""Moving and cancelling a date: what it does to everybody stands above the button that does it."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.models import CourseRun
from frontend.finance.access import posted, said
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.date_forms import FIRST_ROWS, CancelForm, MeetingsForm, initial_meetings, rows_asked
from marketplace.core.errors import DomainError
from marketplace.trading.running_queries import date_for, told_of
from marketplace.trading.services import cancel_date, move_date, preview_cancelling, preview_moving


@organiser_page(READ_AND_WRITE)
def cancel(request: OrganiserRequest, code: str) -> HttpResponse:
    """Cancels a date: every place, everything back, everybody told."""
    run = date_for(request.actor, code)
    form = CancelForm(posted(request))
    refused: list[str] = []
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = cancel_date(
                run=run, sequence=given["sequence"], expected_back_pence=given["expected"], reason=given["reason"],
                on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            refused, run = said(error), date_for(request.actor, code)
        else:
            back = f", {done.back_gross} back to {plural(len(done.schools), 'school')}" if done.back_net else ""
            messages.success(request, f"Cancelled: {plural(done.places, 'place')}{back}. Everybody is told by e-mail.")
            return redirect(url("organise-date", code=code))
    preview = preview_cancelling(run=run, actor=request.actor)
    fresh = {"sequence": run.sequence, "expected": preview.back_net.pence}
    # What was typed stays; what was shown is shown anew.
    form = CancelForm(request.POST.dict() | fresh) if form.is_bound else CancelForm(initial=fresh)
    context = {
        "run": run, "form": form, "preview": preview, "errors": refused, "button_text": _cancel_words(preview),
        "readers": len(told_of(run, bookers=True)), "back_url": url("organise-date", code=code),
    }  # fmt: skip
    return show(request, "date_cancel.html", context, status=409 if refused else 400 if form.is_bound else 200)


def _cancel_words(preview: Any) -> str:
    if not preview.back_gross:
        return "Cancel this date"
    return f"Cancel this date, {preview.back_gross} back to {plural(len(preview.schools), 'school')}"


@organiser_page(READ_AND_WRITE)
def move(request: OrganiserRequest, code: str) -> HttpResponse:
    """Moves a date: first what it does, then the button that does exactly that."""
    run = date_for(request.actor, code)
    sent = posted(request)
    meetings = list(run.meetings.order_by("position"))
    rows = rows_asked(sent, max(FIRST_ROWS, len(meetings)))
    if sent is not None and sent.get("do") == "more":
        form = MeetingsForm(rows=rows, initial=sent.dict())
    else:
        initial = {"mode": run.mode, "venue": run.venue} | initial_meetings(meetings)
        form = MeetingsForm(sent, rows=rows, initial=initial)
    refused: list[str] = []
    context: dict[str, Any] = {"preview": None}
    if form.is_valid() and sent is not None:
        seen = _mark(run, form)
        try:
            if sent.get("do") == "move" and sent.get("seen") == seen:
                return _moved(request, run, form)
            context = _preview(request, run, form) | {"seen": seen}
        except DomainError as error:
            refused = said(error)
    context |= {
        "run": run, "form": form, "rows": len(form.rows), "errors": refused,
        "back_url": url("organise-date", code=code),
    }  # fmt: skip
    bad = bool(refused or form.errors)
    return show(request, "date_move.html", context, status=409 if refused else 400 if bad else 200)


def _mark(run: CourseRun, form: MeetingsForm) -> str:
    """What a preview was of: the same form for the same date gives the same mark."""
    what = (run.pk, run.sequence, form.cleaned_data["mode"], form.cleaned_data["venue"], form.meetings())
    return hashlib.sha256(repr(what).encode()).hexdigest()[:24]


def _preview(request: OrganiserRequest, run: CourseRun, form: MeetingsForm) -> dict[str, Any]:
    found = form.meetings()
    preview = preview_moving(run=run, meetings=found, on=timezone.localdate(), actor=request.actor)
    return {
        "preview": preview,
        "new_meetings": found,
        "readers": len(told_of(run, bookers=True)),
        "new_mode": CourseRun.Mode(form.cleaned_data["mode"]).label,
        "new_venue": form.cleaned_data["venue"],
    }


def _moved(request: OrganiserRequest, run: CourseRun, form: MeetingsForm) -> HttpResponse:
    given = form.cleaned_data
    done = move_date(
        run=run, sequence=run.sequence, meetings=form.meetings(), venue=given["venue"],
        mode=CourseRun.Mode(given["mode"]), on=timezone.localdate(), actor=request.actor,
    )  # fmt: skip
    until = (
        f" Places may be cancelled free until {long_date(done.free_cancelling_until)}."
        if done.free_cancelling_until
        else ""
    )
    messages.success(request, f"Moved to {long_date(done.starts_on)}. Everybody is told by e-mail.{until}")
    return redirect(url("organise-date", code=run.code))
