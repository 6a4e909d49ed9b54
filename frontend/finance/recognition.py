"""Deferred income: whose it is, when it becomes income, and the button that releases what is due."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.recognition.queries import deferred_by_customer, outlook
from invoicing.recognition.release_job import start_release
from invoicing.recognition.releasing import CHUNK, Due, due_for_release
from marketplace.core.errors import DomainError
from marketplace.core.jobs import JobAlreadyRuns, work_now
from marketplace.core.models import Job

SHOWN_MONTHS = 12


class ReleaseForm(forms.Form):
    """Up to which day income is released: today at the latest."""

    on = ShortDateField(label="Release up to", help_text="Such as 30/4/26")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("Release up to must be today or in the past: what is to come is no income yet")
        return on


@finance_page(READ_AND_WRITE, section="finance-ledger")
def deferred_income(request: FinanceRequest) -> HttpResponse:
    """What is deferred, by month and by customer; a day, and what a release up to it makes income, or nothing."""
    if request.method == "POST":
        return _release(request)
    if wants_csv(request):
        rows = (
            [row["number"], row["name"], pounds(row["told_pence"]), pounds(row["pence"])]
            for row in deferred_by_customer(request.actor)
        )
        return csv_response("deferred-income", ["customer_number", "customer", "when_told", "deferred"], rows)
    form = ReleaseForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    good = not form.is_bound or form.is_valid()
    on = form.cleaned_data["on"] if form.is_bound and good else timezone.localdate()
    return _page(request, form, due_for_release(on=on), status=200 if good else 400)


def _release(request: FinanceRequest) -> HttpResponse:
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, form, due_for_release(on=timezone.localdate()), status=400)
    due = due_for_release(on=form.cleaned_data["on"])
    if not due.pence or request.POST.get("shown") != str(due.pence):
        changed = ["What would be released changed since you looked. Nothing was released. Look again and decide."]
        return _page(request, form, due, errors=changed, status=409)
    try:
        job = start_release(due=due, actor=request.actor)
    except JobAlreadyRuns as error:
        return _page(request, form, due, errors=said(error), running=error.facts["number"], status=error.status)
    except DomainError as error:
        return _page(request, form, due, errors=said(error), status=error.status)
    return redirect("job", number=job.number) if len(due.organisation_ids) > CHUNK else _ended(request, work_now(job))


def _ended(request: FinanceRequest, job: Job) -> HttpResponse:
    """A release of one chunk is done within the request; the page says so."""
    if job.state != Job.State.DONE:
        return redirect("job", number=job.number)
    done = job.result
    customers = plural(done["customers"], "customer")
    messages.success(
        request,
        f"{money(done['pence'])} of {customers} is income now, up to {long_date(date.fromisoformat(done['on']))}.",
    )
    return redirect(url("finance-deferred-income"))


def _page(
    request: FinanceRequest,
    form: ReleaseForm,
    due: Due,
    *,
    errors: list[str] | None = None,
    running: str = "",
    status: int = 200,
) -> HttpResponse:
    found, page = outlook(request.actor), page_of(request, deferred_by_customer(request.actor))
    context = {
        "form": form, "due": due, "outlook": found, "errors": errors, "running": running,
        "page_obj": page,
        "rows": [(row, row["ends"] and row["ends"] - timedelta(days=1)) for row in page],
        "chart": found.months[:SHOWN_MONTHS],
        "most": max((month.pence for month in found.months[:SHOWN_MONTHS]), default=0),
        "csv_url": csv_url(request),
    }  # fmt: skip
    return show(request, "deferred_income.html", context, status=status)
