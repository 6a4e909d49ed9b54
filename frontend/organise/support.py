"""The register of secondments and support in kind, with what it comes to in a financial year."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.reviews import WRITERS, SchoolField, reader_page
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period
from marketplace.core.wording import period_words
from marketplace.trading.engagements.review_queries import support_for
from marketplace.trading.engagements.services.supporting import record_support, worth_within
from marketplace.trading.models import SupportEntry


class SupportForm(forms.Form):
    """What is lent or given, by whom to whom, for how long and at what it would cost."""

    kind = forms.ChoiceField(
        label="Kind", choices=SupportEntry.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind"},
    )  # fmt: skip
    giver = SchoolField(label="Who gives it", error_messages={"required": "Enter who gives it"})
    receiver = SchoolField(label="Who gets it", error_messages={"required": "Enter who gets it"})
    what = forms.CharField(label="What", max_length=160, error_messages={"required": "Enter what it is"})
    days_a_week = forms.DecimalField(
        label="Days a week", required=False, min_value=0, max_value=5, max_digits=3, decimal_places=2
    )
    year_pence = PoundsField(label="What it would cost a year", least=1, most=1_000_000_00)
    first = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    last = ShortDateField(label="Last day", error_messages={"required": "Enter the last day"})
    paid = forms.BooleanField(label="It is paid for: charge who gets it", required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


@reader_page(READ_AND_WRITE)
def support(request: OrganiserRequest) -> HttpResponse:
    """The register, newest first, and what it comes to in the financial year."""
    form = SupportForm(posted(request))
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        held = Period(given.pop("first"), given.pop("last") + timedelta(days=1))
        try:
            made = record_support(**given, held=held, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            charged = " An item to invoice was made." if made.paid else ""
            messages.success(request, f"{made.number} stands in the register.{charged}")
            return redirect(url("organise-support"))
    year = financial_year(timezone.localdate())
    found = support_for(request.actor)
    page = page_of(request, found)
    within = found.filter(valid_from__lt=year.end, valid_to__gt=year.start, paid=False)
    context = {
        "form": form, "page_obj": page, "count_text": plural(page.paginator.count, "entry", "entries"),
        "rows": [
            (one, period_words(one.valid_from, one.valid_to), worth_within(one, Period(one.valid_from, one.valid_to)))
            for one in page
        ],
        "year": period_words(year.start, year.end), "total": sum(worth_within(one, year) for one in within),
        "may_write": request.actor.has(*WRITERS),
    }  # fmt: skip
    return show(request, "support.html", context, status=400 if form.errors else 200)


def financial_year(day: date) -> Period:
    """The partnership's year, from 1 April, in which a day lies."""
    first = date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    return Period(first, first.replace(year=first.year + 1))
