"""Registers on a phone: mark everybody in one form, close it with its consequence known, correct it with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Meeting
from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.numbers import whole
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money
from marketplace.trading.models import Attendance, Register
from marketplace.trading.queries_of_days import (
    RegisterRow,
    attendance_of_run,
    meeting_for,
    open_registers,
    register_rows,
    satisfaction_of_run,
)
from marketplace.trading.services import (
    Closing,
    FeesChanged,
    RegisterIncomplete,
    close_register,
    closing_preview,
    correct_attendance,
    mark_register,
)
from marketplace.trading.services.baskets import NAME_LIMIT
from marketplace.trading.services.registers import REASON_LIMIT

MARKS = Attendance.State.choices


@login_required
@require_safe
def registers(request: SignedInRequest) -> HttpResponse:
    """Meetings that have begun and whose register is open, the oldest first."""
    if not request.actor.has(Role.ORGANISER):
        raise NotFound("Page not found")
    page = page_of(request, open_registers(timezone.now()))
    return render(request, "organise/registers.html", {"page_obj": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedInRequest, code: str, meeting: int) -> HttpResponse:
    """One register. Every button saves all marks first; closing then does what the page said, or says what is new."""
    found = meeting_for(request.actor, code, meeting)
    errors: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            _save(request, found)
            if request.POST.get("do") == "close":
                return _close(request, found)
            messages.success(request, _saved(found))
            return redirect(_address(found))
        except DomainError as error:
            errors, status = [error.message, *error.detail], error.status
            found = meeting_for(request.actor, code, meeting)
    return _show(request, found, errors, status)


def _save(request: SignedInRequest, meeting: Meeting) -> None:
    marks, names = _given(request.POST, "mark"), _given(request.POST, "name")
    mark_register(meeting=meeting, marks=marks, names=names, at=timezone.now(), actor=request.actor)


def _given(data: QueryDict, kind: str) -> dict[int, str]:
    """The fields "mark-17", "name-17" by the place's number."""
    parts = {key.removeprefix(f"{kind}-"): str(value) for key, value in data.items() if key.startswith(f"{kind}-")}
    return {number: value for key, value in parts.items() if (number := whole(key))}


def _close(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    on = timezone.localdate()
    expected = Money(whole(request.POST.get("expected"), otherwise=-1))
    try:
        done = close_register(meeting=meeting, expected_fee=expected, on=on, actor=request.actor)
    except FeesChanged:
        words = _consequence(closing_preview(meeting=meeting))
        return _show(request, meeting, [f"Your marks are saved. {words} Close the register if that is right"], 409)
    except RegisterIncomplete as error:
        return _show(request, meeting, [error.message], error.status)
    messages.success(request, f"The register is closed. {_done(done)}")
    return redirect(_address(meeting))


def _address(meeting: Meeting) -> str:
    return url("organise-register", code=meeting.run.code, meeting=meeting.position)


def _saved(meeting: Meeting) -> str:
    rows = register_rows(meeting)
    here = sum(row.mark in ("here", "late") for row in rows)
    left = sum(row.mark == "not_asked" for row in rows)
    return f"Saved: {here} of {plural(len(rows), 'person', 'people')} here{f', {left} not asked yet' if left else ''}."


def _consequence(preview: Closing) -> str:
    """What closing does, before the button."""
    if not preview.last:
        return "The course goes on: its other registers are still open. Nothing is invoiced now."
    if not preview.absent:
        return "Everybody attended. Nothing is invoiced, and people are asked what they thought."
    who = f"{plural(preview.absent, 'person', 'people')} did not attend"
    return f"{who}, {money(preview.fee.pence)} before VAT to invoice." if preview.fee else f"{who}, nothing to invoice."


def _done(done: Closing) -> str:
    if not done.last:
        return "The course goes on."
    fee = f" {money(done.fee.pence)} before VAT is to be invoiced." if done.fee else ""
    return f"The course is over: certificates are ready and people are asked what they thought.{fee}"


def _button(preview: Closing) -> str:
    if preview.missing or not preview.last:
        return "Save and close this register"
    absent = f": {preview.absent} did not attend" if preview.absent else ""
    return f"Close the register{absent}{f', {money(preview.fee.pence)} to invoice' if preview.fee else ''}"


def _show(request: SignedInRequest, meeting: Meeting, errors: list[str], status: int) -> HttpResponse:
    held = getattr(meeting, "register", None)
    closed = held if held and held.state == Register.State.CLOSED else None
    preview = None if closed else closing_preview(meeting=meeting)
    typed = request.POST if errors else QueryDict()
    context = {
        "meeting": meeting,
        "run": meeting.run,
        "others": list(meeting.run.meetings.all()),
        "rows": [_drawn(row, typed) for row in register_rows(meeting)],
        "marks": MARKS,
        "register": closed,
        "too_early": timezone.localdate() < meeting.held_on,
        "preview": preview,
        "consequence": _consequence(preview) if preview else "",
        "button_text": _button(preview) if preview else "",
        "attendance": attendance_of_run(meeting.run) if closed else None,
        "satisfaction": satisfaction_of_run(meeting.run) if closed else None,
        "name_limit": NAME_LIMIT,
        "errors": errors,
        "back_url": url("organise-registers"),
    }
    return render(request, "organise/register.html", context, status=status)


def _drawn(row: RegisterRow, typed: QueryDict) -> dict[str, Any]:
    """A row with what was typed, where the form comes back."""
    pk = row.booking.pk
    return {
        "booking": row.booking,
        "mark": typed.get(f"mark-{pk}", row.mark),
        "word": dict(MARKS).get(row.mark, ""),
        "marked_at": row.marked_at,
        "name": typed.get(f"name-{pk}", ""),
    }


class CorrectionForm(forms.Form):
    """What is right, and why the register was wrong."""

    mark = forms.ChoiceField(
        label="What is right",
        choices=[choice for choice in MARKS if choice[0] != Attendance.State.NOT_ASKED],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose here, late or not here"},
    )
    reason = forms.CharField(
        label="Reason", max_length=REASON_LIMIT, error_messages={"required": "Enter why the register was wrong"}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, code: str, meeting: int, pk: int) -> HttpResponse:
    """Corrects one mark in a closed register."""
    found = meeting_for(request.actor, code, meeting)
    row = next((row for row in register_rows(found) if row.booking.pk == pk), None)
    held = getattr(found, "register", None)
    if row is None or held is None or held.state != Register.State.CLOSED:
        raise NotFound("There is no such mark to correct.")
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            correct_attendance(
                booking=row.booking, meeting=found, at=timezone.now(), actor=request.actor, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, "The register is corrected. What followed from the mark was put right with it.")
            return redirect(_address(found))
    context = {"form": form, "row": row, "meeting": found, "run": found.run, "back_url": _address(found)}
    return render(request, "organise/register_correct.html", {**context, "word": dict(MARKS)[row.mark]}, status=status)
