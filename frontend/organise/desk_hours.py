"""When the service desk is staffed, and how much of a month's price may come back: from a day that is still to come."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import posted
from frontend.formats import long_date
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.desk_access import desk_page
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.desk.terms import cap_percent_on, desk_terms, own_promises_on
from subscriptions.services import set_desk_hours

DAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))
TIMES = ("%H:%M", "%H.%M", "%I:%M%p", "%I%p")
TO = "set the hours of the service desk"


class HoursForm(forms.Form):
    """Weekdays, from when to when, from which day on, and the most that may come back of a month."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days", choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day of the week"},
    )  # fmt: skip
    opens = forms.TimeField(
        label="Opens", input_formats=TIMES, widget=forms.TimeInput(format="%H:%M", attrs={"type": "text"}),
        error_messages={"required": "Enter when it opens", "invalid": "Opens must be a time, like 8:30"},
    )  # fmt: skip
    closes = forms.TimeField(
        label="Closes", input_formats=TIMES, widget=forms.TimeInput(format="%H:%M", attrs={"type": "text"}),
        error_messages={"required": "Enter when it closes", "invalid": "Closes must be a time, like 16:30"},
    )  # fmt: skip
    cap = forms.DecimalField(
        label="At most this much of a month comes back", min_value=0, max_value=100, max_digits=5, decimal_places=2,
        error_messages={
            "required": "Enter how much may come back", "invalid": "It must be a percentage between 0 and 100",
            "min_value": "It must be a percentage between 0 and 100",
            "max_value": "It must be a percentage between 0 and 100",
        },
    )  # fmt: skip
    valid_from = ShortDateField(label="From", error_messages={"required": "Enter the first day"})


@desk_page(READ_AND_WRITE)
def hours(request: OrganiserRequest) -> HttpResponse:
    """The hours of today and to come; setting them anew. Clocks that run keep the hours that they began with."""
    on = timezone.localdate()
    may_set = request.actor.has(Role.ORGANISER, Role.FINANCE_MANAGER)
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, Role.ORGANISER, to=TO)
    form = HoursForm(posted(request), initial=_now(on))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = set_desk_hours(
                weekdays=given["weekdays"], opens=given["opens"], closes=given["closes"],
                valid_from=given["valid_from"], credit_cap_percent=given["cap"],
                promises=own_promises_on(given["valid_from"]), on=on, actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            words = desk_terms().words(made.valid_from)
            messages.success(request, f"From {long_date(made.valid_from)} the desk is staffed {words}.")
            return redirect(url("organise-desk-hours"))
    context = {
        "form": form, "rows": _rows(on), "may_set": may_set, "back_url": url("organise-tickets"),
        "cap": f"{cap_percent_on(on).normalize():f}%",
    }  # fmt: skip
    return show(request, "desk_hours.html", context, status=400 if form.errors else 200)


def _now(on: date) -> dict[str, Any]:
    terms = desk_terms()
    one = next(each for each in terms.hours if each.start <= on < each.end)
    return {
        "weekdays": sorted(one.weekdays), "opens": f"{one.opens:%-H:%M}", "closes": f"{one.closes:%-H:%M}",
        "cap": f"{cap_percent_on(on).normalize():f}", "valid_from": on + timedelta(days=1),
    }  # fmt: skip


def _rows(on: date) -> list[dict[str, str]]:
    """The hours of today and those that begin later, with their first days."""
    terms = desk_terms()
    coming = [each for each in terms.hours if each.end > on]
    return [
        {
            "key": "Today" if each.start <= on else f"From {long_date(each.start)}",
            "value": terms.words(max(each.start, on)),
        }
        for each in coming
    ]
