"""Seals and anchors, and the auditor's check of them: at once where the log is small, as a job where it is long."""

import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect

from frontend.audit.access import READ, LogRequest, log_page, show
from frontend.audit.names import when
from frontend.fields import ShortDateField
from frontend.finance.listing import page_of
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from marketplace.core.event_queries import seals_for
from marketplace.core.log_check import LogReport, verify_log
from marketplace.core.log_jobs import start_verifying
from marketplace.core.models import EventAnchor, EventSeal, UnsealedEvent

AT_ONCE = 20_000  # events that a page checks while somebody waits for it: about two seconds
_SHOWN = 50


class CheckForm(forms.Form):
    """Which seals to check, and an anchor that the auditor kept."""

    first = forms.IntegerField(
        label="From seal", required=False, min_value=1, error_messages={"invalid": "From seal must be a number"}
    )
    last = forms.IntegerField(
        label="To seal", required=False, min_value=1, error_messages={"invalid": "To seal must be a number"}
    )
    day = ShortDateField(label="Day of an anchor that you kept", required=False)
    hash = forms.CharField(label="That anchor", required=False, max_length=80)

    def clean_hash(self) -> str:
        given = str(self.cleaned_data["hash"]).strip().lower()
        if given and not re.fullmatch(r"[0-9a-f]{64}", given):
            raise forms.ValidationError("That anchor must be 64 digits and letters a to f")
        return given

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "day" in given and "hash" in given and bool(given["day"]) != bool(given["hash"]):
            missing = "hash" if given["day"] else "day"
            self.add_error(missing, "Enter that anchor" if given["day"] else "Enter the day of that anchor")
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "To seal must not come before From seal")
        return given


@log_page([*READ, "POST"])
def seals(request: LogRequest) -> HttpResponse:
    """The seals, newest first, the anchors, and "Verify now" for the auditor."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    report: LogReport | None = None
    if request.method == "POST":
        request.actor.require(Role.AUDITOR, to="verify the event log")
        if form.is_valid():
            try:
                checked = _check(request, form.cleaned_data)
            except DomainError as refused:
                form.add_error(None, refused.message)
            else:
                if isinstance(checked, HttpResponse):
                    return checked
                report = checked
    page = page_of(request, seals_for(request.actor))
    context = {
        "form": form,
        "report": report,
        "report_broken": report.broken[:_SHOWN] if report else [],
        "page_obj": page,
        "rows": [(seal, when(seal.sealed_at)) for seal in page],
        "anchors": list(EventAnchor.objects.select_related("seal").order_by("-day")[:_SHOWN]),
        "waiting": UnsealedEvent.objects.count(),
        "may_verify": request.actor.has(Role.AUDITOR),
    }
    return show(request, "seals.html", context, status=400 if form.errors else 200)


def _check(request: LogRequest, wanted: dict[str, Any]) -> LogReport | HttpResponse:
    """The report, or the way to the page of a job where it would take long."""
    newest = EventSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    first, last = wanted["first"] or 1, min(wanted["last"] or newest, newest)
    anchors: dict[date, str] = {wanted["day"]: wanted["hash"]} if wanted["hash"] else {}
    chosen = EventSeal.objects.filter(number__gte=first, number__lte=last)
    if (chosen.aggregate(events=Sum("count", default=0))["events"]) > AT_ONCE:
        job = start_verifying(first=first, last=last, anchors=anchors, actor=request.actor)
        return redirect(url("job", number=job.number))
    return verify_log(first=first, last=last, anchors=anchors, loose_ends=first == 1 and last == newest)
