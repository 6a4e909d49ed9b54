"""The catalogue as a spreadsheet: three sheets to take out, edit and bring in; a check first, which keeps nothing."""

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalogue.offer_queries import LOOKING
from catalogue.sheets.reading import LIMIT_BYTES
from catalogue.sheets.services import SHEETS, TO, Report, check_sheet, export_sheet, import_sheet
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.price_access import READ_AND_WRITE, PriceRequest, price_page
from marketplace.core.errors import DomainError, NotFound

# What may be changed on lines that stand, for the page.
CHANGING = {
    "offers": "Everything but code, kind and provider. A draft changes at once; of a published offer the change waits until"
    " somebody publishes it. The column state is for reading.",
    "dates": "Places, minimum and the day of decision. A date is moved or cancelled on its own page. The columns state and"
    " taken are for reading.",
    "prices": "The end of a price that has none. Anything else is a new line from another day on. The column used is for"
    " reading.",
}


class SheetForm(forms.Form):
    """A file, or the content of one that was checked."""

    file = forms.FileField(
        label="Sheet of offers, dates or prices", required=False, help_text="One CSV file, 2 MB or smaller",
        allow_empty_file=True,
    )  # fmt: skip
    content = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is None and not cleaned.get("content") and "file" not in self.errors:
            self.add_error("file", "Choose the sheet that you want to bring in")
        if file is not None and file.size > LIMIT_BYTES:
            self.add_error("file", "The sheet must be 2 MB or smaller. Divide it into several")
        return cleaned

    def given(self) -> bytes:
        """The bytes chosen now, or those that were checked."""
        if (file := self.cleaned_data.get("file")) is not None:
            return bytes(file.read())
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except binascii.Error:
            return b""


@price_page(READ_AND_WRITE)
def catalogue(request: PriceRequest) -> HttpResponse:
    """What can be taken out, and bringing a sheet in: check, then save."""
    request.actor.require(*LOOKING, to=TO)
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    report: Report | None = None
    if form.is_valid():
        content = form.given()
        try:
            if request.POST.get("do") == "save":
                return _saved(request, import_sheet(content=content, on=timezone.localdate(), actor=request.actor))
            report = check_sheet(content=content, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error("file", " ".join([error.message, *error.detail[:3]]))
        else:
            form = _checked(report, content)
    problems = report.problems if report else []
    context = {
        "form": form, "report": report, "sheets": [(name, CHANGING[name]) for name in SHEETS],
        "errors": [f"{plural(len(problems), 'line')} must be mended first"] if problems else [],
        "back_url": url("organise-prices"),
    }  # fmt: skip
    return render(request, "organise/catalogue.html", context, status=400 if form.errors or problems else 200)


def _checked(report: Report, content: bytes) -> SheetForm:
    """The form that saves what was checked; a file with mistakes is chosen anew."""
    kept = {} if report.problems else {"content": base64.b64encode(content).decode()}
    return SheetForm(initial=kept)


def _saved(request: PriceRequest, report: Report) -> HttpResponse:
    words = f"{report.added} added, {report.changed} changed, {report.same} as they were"
    messages.success(request, f"The sheet of {report.sheet} was brought in: {words}.")
    return redirect(url("organise-catalogue"))


@price_page()
def one_sheet(request: PriceRequest, sheet: str) -> HttpResponse:
    """One sheet as a file."""
    if sheet not in SHEETS:
        raise NotFound("Page not found")
    text = export_sheet(sheet=sheet, actor=request.actor)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{sheet}.csv"'
    return response
