"""Renewals: what ends in a window, what each would cost, and one button that offers them all as a job."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.agreement_changes import may_renew
from frontend.agreement_words import term_words
from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.agreement import agreement_for
from frontend.finance.listing import page_of
from frontend.formats import long_date, money, period, plural
from frontend.jinja import url
from frontend.school.service_changes import expected_of
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.jobs import JobAlreadyRuns, work_now
from marketplace.core.models import Job
from marketplace.core.periods import Period
from subscriptions.agreements.models import Agreement
from subscriptions.renewals.job import Window, start_renewals, to_renew
from subscriptions.renewals.preparing import MOST_YEARS, Draft, draft_renewal, draft_renewals, next_term
from subscriptions.renewals.reading import lines_by_agreement
from subscriptions.renewals.rules.pricing import MOST_UPLIFT
from subscriptions.services import prepare_renewal

AT_ONCE = 20
AHEAD = timedelta(days=120)


class PriceForm(forms.Form):
    """For how long, and by how much what the catalogue does not price is raised."""

    years = forms.TypedChoiceField(
        label="For", coerce=int, choices=[(n, plural(n, "year")) for n in range(1, MOST_YEARS + 1)], initial=1
    )
    uplift = forms.DecimalField(
        label="Raise by, per cent", min_value=0, max_value=MOST_UPLIFT, decimal_places=2, initial=0,
        help_text="For what has no price in the catalogue; the rest costs its price of the new year",
    )  # fmt: skip


class WindowForm(PriceForm):
    """Which agreements: those whose last day lies within the days, both included."""

    first = ShortDateField(label="Ends from")
    last = ShortDateField(label="Ends to")
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Agreement.Kind.choices])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "Ends to must be on or after Ends from")
        return cleaned

    def window(self) -> Window:
        given, day = self.cleaned_data, timedelta(days=1)
        ends = Period(given["first"] + day, given["last"] + 2 * day)
        return Window(ends, given["years"], Decimal(given["uplift"]), given["kind"])


@finance_page(READ_AND_WRITE, section="finance-customers", to="prepare renewals")
def renewals(request: FinanceRequest) -> HttpResponse:
    """A window, then what it finds with last year's price and the new one; then all of them are offered as a job."""
    on = timezone.localdate()
    sent = posted(request)
    asked = sent if sent is not None else request.GET if "first" in request.GET else None
    first = {"first": on, "last": on + AHEAD, "years": 1, "uplift": 0}
    form = WindowForm(asked, initial=first)
    context: dict[str, Any] = {"form": form, "back_url": url("finance-agreements"), "errors": []}
    status = 200
    if not form.is_valid():
        return show(request, "renewals.html", context, status=400 if form.is_bound else 200)
    found = to_renew(form.window())
    if sent is not None:
        try:
            if expected_of(sent) != found.count():
                raise WrongInput("What ends in these days changed since you looked. Look at it and decide again.")
            return _started(request, form)
        except JobAlreadyRuns as error:
            context["running"] = url("job", number=error.facts["number"])
            context["errors"], status = said(error), error.status
        except DomainError as error:
            context["errors"], status = said(error), error.status
    page = page_of(request, found)
    drafts = draft_renewals(
        agreements=list(page), years=form.cleaned_data["years"], uplift=Decimal(form.cleaned_data["uplift"])
    )
    context |= {
        "page_obj": page, "drafts": drafts, "count_text": plural(page.paginator.count, "agreement"),
        "count": page.paginator.count, "first": form.cleaned_data["first"], "last": form.cleaned_data["last"],
        "before": sum(one.before_pence for one in drafts), "after": sum(one.after_pence for one in drafts),
    }  # fmt: skip
    return show(request, "renewals.html", context, status=status)


def _draft(agreement: Agreement, form: PriceForm, lines: list[Any]) -> Draft:
    term = next_term(agreement, form.cleaned_data["years"])
    return draft_renewal(agreement=agreement, term=term, uplift=Decimal(form.cleaned_data["uplift"]), lines=lines)


def _started(request: FinanceRequest, form: WindowForm) -> HttpResponse:
    """A small window is done within the request; a larger one waits for a worker on the page of its job."""
    window = form.window()
    small = to_renew(window).count() <= AT_ONCE
    job = start_renewals(window=window, actor=request.actor)
    if not small:
        return redirect("job", number=job.number)
    done = work_now(job)
    if done.state != Job.State.DONE or done.refused:
        return redirect("job", number=job.number)
    messages.success(request, f"{plural(done.accepted, 'renewal')} offered. The schools find them under Services.")
    return redirect(url("finance-agreements") + "?state=offered")


@finance_page(READ_AND_WRITE, section="finance-customers", to="prepare renewals")
def renew_agreement(request: FinanceRequest, number: str) -> HttpResponse:
    """One renewal: its price beside last year's, then offered."""
    found = agreement_for(request, number)
    here = url("finance-agreement", number=number)
    if not may_renew(found):
        return redirect(here)
    sent = posted(request)
    asked = sent if sent is not None else request.GET if "years" in request.GET else {"years": 1, "uplift": 0}
    form = PriceForm(asked)
    context: dict[str, Any] = {
        "agreement": found, "form": form, "back_url": here, "errors": [], "term": term_words(found),
        "here": request.path,
    }  # fmt: skip
    status = 200
    if not form.is_valid():
        return show(request, "renew.html", context, status=400)
    draft = _draft(found, form, lines_by_agreement([found.pk])[found.pk])
    if sent is not None:
        try:
            return _offered(request, found, form, draft)
        except DomainError as error:
            context["errors"], status = said(error), error.status
    context |= {"draft": draft, "new_term": period(draft.term.start, draft.term.end)}
    return show(request, "renew.html", context, status=status)


def _offered(request: FinanceRequest, found: Agreement, form: PriceForm, draft: Draft) -> HttpResponse:
    if not draft.problem and expected_of(request.POST) != draft.after_pence:
        raise WrongInput(f"It now costs {money(draft.after_pence)} a year. Nothing was offered. Look at it again.")
    made = prepare_renewal(
        agreement=found,
        term=draft.term,
        uplift=Decimal(form.cleaned_data["uplift"]),
        on=_today(),
        actor=request.actor,
    )
    messages.success(request, f"{made.number} is offered from {long_date(draft.term.start)}.")
    return redirect(url("finance-agreement", number=made.number))


def _today() -> date:
    return timezone.localdate()
