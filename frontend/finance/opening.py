"""The opening position: choose the file of the old books, see what it says, hand it in; another person approves it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import page_of
from frontend.finance.two_people import decided, standing
from frontend.jinja import url
from invoicing.journals.models import OpeningPlaces, OpeningPosition
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import openings_for
from invoicing.journals.rules.opening_file import decode
from invoicing.journals.services.opening import Checked
from invoicing.services import approve_opening, check_opening, send_back_opening, submit_opening
from marketplace.core.errors import DomainError

MOST_BYTES = 1_000_000


class OpeningForm(forms.Form):
    """The old books' file, and the last day that they were kept. ``content`` is the file once it was checked."""

    on = ShortDateField(label="Last day of the old books")
    file = forms.FileField(label="File of the old books", required=False, help_text="One CSV with its sections")
    content = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file_name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is None and not cleaned.get("content") and "file" not in self.errors:
            self.add_error("file", "Choose the file of the old books")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", "File of the old books must be 1 MB or smaller. Use the command for a larger one")
        return cleaned

    def given(self) -> tuple[bytes, str]:
        """The file's bytes and its name, chosen now or checked before."""
        file = self.cleaned_data.get("file")
        if file is not None:
            return file.read(), file.name or ""
        return self.cleaned_data["content"].encode(), self.cleaned_data["file_name"]


@finance_page(READ_AND_WRITE, section="finance-ledger")
def opening(request: FinanceRequest) -> HttpResponse:
    """Where the opening position stands; one that waits is decided on here, and where there is none one is handed in."""
    latest = openings_for(request.actor).first()
    live = latest if latest and latest.state != TwoPeople.State.SENT_BACK else None
    if live is None:
        return _hand_in(request, latest)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words = decided(request, _verbs(request, live))
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, words)
            return redirect(url("finance-opening"))
    full = OpeningPosition.objects.get(pk=live.pk)
    checked = check_opening(content=full.content, on=full.on, today=timezone.localdate())
    places = OpeningPlaces.objects.filter(position=live).select_related("customer").order_by("pk")
    context = {
        "opening": live, "checked": checked, "page_obj": page_of(request, places), "errors": errors,
        **standing(request, live), "history": history_of(subject_kind="opening", subject=live.number),
    }  # fmt: skip
    return show(request, "opening.html", context, status=status)


def _verbs(request: FinanceRequest, live: OpeningPosition) -> dict[str, Any]:
    def approve(form: Any) -> str:
        approve_opening(
            opening=live, version=form.cleaned_data["version"] or 0, today=timezone.localdate(), actor=request.actor
        )
        return f"{live.number} approved. Everything of it is in the books, and nothing is left on account 3900."

    def send_back(form: Any) -> str:
        reason, version = form.cleaned_data["reason"], form.cleaned_data["version"] or 0
        send_back_opening(opening=live, reason=reason, version=version, actor=request.actor)
        return f"{live.number} was sent back to {live.prepared_by.name}. Another file may be handed in."

    return {"approve": approve, "send_back": send_back}


def _hand_in(request: FinanceRequest, latest: OpeningPosition | None) -> HttpResponse:
    """Choosing a file and checking it keeps nothing; the second button hands in what was checked."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, checked, errors, status = OpeningForm(*sent), None, [], 400 if sent else 200
    if form.is_valid():
        content, name = form.given()
        try:
            if request.POST.get("do") == "submit":
                made = submit_opening(
                    content=content, file_name=name, on=form.cleaned_data["on"], today=timezone.localdate(),
                    actor=request.actor,
                )  # fmt: skip
                messages.success(request, f"{made.number} waits for approval by another person.")
                return redirect(url("finance-opening"))
            checked = check_opening(content=content, on=form.cleaned_data["on"], today=timezone.localdate())
        except DomainError as error:
            errors = said(error)
        else:
            errors, status = checked.problems, 400 if checked.problems else 200
            form = _checked_form(form, checked, content, name)
    context = {"form": form, "checked": checked, "errors": errors, "sent_back": latest}
    return show(request, "opening_upload.html", context, status=status)


def _checked_form(form: OpeningForm, checked: Checked, content: bytes, name: str) -> OpeningForm:
    """The form that hands in what was checked; a file that differs is chosen anew."""
    kept = {} if checked.problems else {"content": decode(content), "file_name": name}
    return OpeningForm(initial={"on": form.cleaned_data["on"], **kept})
