"""The calendar of a provider's consultants by month, visits and course dates together; time away added and given back."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from frontend.buying import SignedInRequest
from frontend.fields import ShortDateField
from frontend.finance.access import posted, said
from frontend.formats import clock, long_date, plural
from frontend.jinja import url
from frontend.provider.rates import provider_seen
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.wording import month_words
from providers.calendar.absences import LABEL_LIMIT
from providers.models import Consultant, Slot
from providers.queries import days_taken, own_consultants, own_slot, slots_of
from providers.services import add_absence, remove_absence

PARTS = {
    "all": ("The whole day", time(0), time(0)),
    "morning": ("The morning", time(0), time(12, 30)),
    "afternoon": ("The afternoon", time(12, 30), time(0)),
}


class AbsenceForm(forms.Form):
    """Who cannot be booked, from which day to which, and what part of each day where it is one."""

    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Consultant.objects.none(), to_field_name="code", empty_label=None,
        error_messages={"required": "Choose the consultant"},
    )  # fmt: skip
    first = ShortDateField(label="First day away", error_messages={"required": "Enter the first day away"})
    last = ShortDateField(label="Last day away", required=False)
    part = forms.ChoiceField(
        label="Which part", choices=[(key, words) for key, (words, _, _) in PARTS.items()], widget=forms.RadioSelect,
        initial="all", error_messages={"required": "Choose which part of the day"},
    )  # fmt: skip
    label = forms.CharField(label="What for", required=False, max_length=LABEL_LIMIT)

    def __init__(self, *args: Any, consultants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultant"]
        field.queryset = consultants
        field.label_from_instance = lambda one: one.name

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", "Last day away must be on or after the first day")
        elif first and last and last > first and given.get("part") != "all":
            self.add_error("part", "Choose the whole day where it is more than one")
        return given

    def times(self) -> tuple[datetime, datetime]:
        """The half-open time in London."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] or self.cleaned_data["first"]
        _, starts, ends = PARTS[self.cleaned_data["part"]]
        return _at(first, starts), _at(last + timedelta(days=1) if ends == time(0) else last, ends)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest, provider: str) -> HttpResponse:
    """One month as a list of days, and time away to add. A consultant sees and changes their own alone."""
    found = provider_seen(request.actor, provider)
    own = own_consultants(request.actor).filter(provider=found).order_by("name", "pk")
    people = list(own)
    first = _month(request.GET.get("month"))
    chosen = [one for one in people if one.code == request.GET.get("consultant")] or people
    form = AbsenceForm(posted(request), consultants=own)
    if form.is_bound and form.is_valid():
        given, (starts, ends) = form.cleaned_data, form.times()
        try:
            add_absence(
                consultant=given["consultant"],
                starts_at=starts,
                ends_at=ends,
                label=given["label"],
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{given['consultant'].name} cannot be booked from {long_date(given['first'])}.")
            here = url("provider-calendar", provider=provider)
            return redirect(f"{here}?month={given['first']:%Y-%m}")
    last = _next(first)
    context = {
        "provider": found, "people": people, "chosen": chosen, "form": form, "month": month_words(first),
        "days": _days(list(slots_of(chosen, first, last)), first, last), "first": first,
        "before": f"{first - timedelta(days=1):%Y-%m}", "after": f"{last:%Y-%m}",
        "themselves": any(one.person_id == request.actor.person_id for one in people),
        "taken": [(one, plural(count, "day")) for one, count in _taken(people, first, last)],
    }  # fmt: skip
    return render(request, "provider/calendar.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def free(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """Gives time away back, so that it can be booked."""
    found = provider_seen(request.actor, provider)
    slot = own_slot(request.actor, pk)
    if slot.consultant.provider_id != found.pk:
        raise NotFound("Page not found")
    month = f"{timezone.localdate(slot.during.lower):%Y-%m}"
    try:
        remove_absence(slot=slot, actor=request.actor)
    except DomainError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, f"{slot.consultant.name} can be booked again then.")
    return redirect(f"{url('provider-calendar', provider=provider)}?month={month}")


def _days(slots: list[Slot], first: date, last: date) -> list[dict[str, Any]]:
    """The days on which something stands, each with its entries; what lasts longer stands on its first day of the month."""
    days: dict[date, list[dict[str, Any]]] = {}
    for slot in slots:
        starts, ends = timezone.localtime(slot.during.lower), timezone.localtime(slot.during.upper)
        until = (ends - timedelta(microseconds=1)).date()
        several = until > starts.date()
        whole = starts.time() == ends.time() == time(0)
        hours = "All day" if whole else f"{clock(starts)} to {'midnight' if ends.time() == time(0) else clock(ends)}"
        days.setdefault(max(starts.date(), first), []).append(
            {
                "slot": slot,
                "when": f"Until {long_date(until)}" if several else hours,
                "away": slot.kind == Slot.Kind.ABSENCE,
            }
        )
    return [{"day": day, "entries": entries} for day, entries in sorted(days.items()) if day < last]


def _taken(people: list[Consultant], first: date, last: date) -> list[tuple[Consultant, int]]:
    counts = days_taken(people, first, last)
    return [(one, counts[one.pk]) for one in people]


def _month(text: str | None) -> date:
    """The first day of the month asked for, or of the present one."""
    try:
        asked = datetime.strptime(text or "", "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        asked = timezone.localdate()
    return asked.replace(day=1) if 2000 <= asked.year <= 2200 else timezone.localdate().replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _at(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))
