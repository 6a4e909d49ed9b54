"""A person's own record of professional development: it stays theirs when they change school."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.buying import SignedInRequest
from frontend.fields import DatePartsField
from frontend.finance.listing import csv_response, csv_url, page_of, wants_csv
from frontend.jinja import url
from marketplace.core.errors import DomainError
from marketplace.trading.certificate_paper import RecordPaper, render_record
from marketplace.trading.queries_of_days import RecordLine, record_of
from marketplace.trading.rules.attending import hours_words
from marketplace.trading.services import add_cpd_entry, remove_cpd_entry

PER_PAGE = 25
HEADER = ("Date", "What", "Given by", "Themes", "Minutes", "School", "Certificate")


@login_required
@require_safe
def record(request: SignedInRequest) -> HttpResponse:
    """Everything in one's record, newest first."""
    lines = record_of(request.actor)
    if wants_csv(request):
        return csv_response("cpd-record", HEADER, (_cells(line) for line in lines))
    year = [line for line in lines if line.held_on >= _school_year(timezone.localdate())]
    context = {
        "page_obj": page_of(request, lines, per_page=PER_PAGE),
        "hours": hours_words,
        "total": hours_words(sum(line.minutes for line in lines)),
        "this_year": hours_words(sum(line.minutes for line in year)),
        "csv_url": csv_url(request),
    }
    return render(request, "me/record.html", context)


def _school_year(on: date) -> date:
    """The 1 September on or before a day."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def _cells(line: RecordLine) -> list[Any]:
    themes = ", ".join(line.themes)
    return [line.held_on, line.title, line.provider, themes, line.minutes, line.school, line.certificate]


@login_required
@require_safe
def paper(request: SignedInRequest) -> HttpResponse:
    """The record as PDF."""
    lines = [(line.held_on, line.title, line.provider, line.minutes) for line in record_of(request.actor)]
    made = render_record(
        RecordPaper(
            name=request.actor.name,
            lines=lines,
            written_on=timezone.localdate(),
            partnership=settings.PARTNERSHIP_NAME,
            demonstration=settings.DEMONSTRATION,
        )
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="cpd-record.pdf"'
    return response


class EntryForm(forms.Form):
    """Something that one did elsewhere."""

    title = forms.CharField(label="What it was", max_length=120)
    provider = forms.CharField(label="Who gave it", required=False, max_length=120)
    theme = forms.CharField(label="Theme", required=False, max_length=40)
    held_on = DatePartsField(label="Day")
    hours = forms.IntegerField(label="Hours", min_value=0, max_value=1000)
    minutes = forms.IntegerField(label="Minutes", min_value=0, max_value=59, required=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Writes something into one's record."""
    form = EntryForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        lasted = given.pop("hours") * 60 + (given.pop("minutes") or 0)
        try:
            add_cpd_entry(minutes=lasted, on=timezone.localdate(), actor=request.actor, **given)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, "It stands in your record.")
            return redirect(url("me-record"))
    return render(request, "me/record_add.html", {"form": form, "back_url": url("me-record")}, status=status)


@login_required
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes an own entry out."""
    remove_cpd_entry(pk=pk, actor=request.actor)
    messages.success(request, "It is taken out of your record.")
    return redirect(url("me-record"))
