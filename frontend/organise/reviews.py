"""Peer review between schools: rounds, the days given and received, and settling what is left."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import READ, READ_AND_WRITE, OrganiserRequest, View, show
from marketplace.core.actors import FINANCE, Role
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.review_queries import require_reader, review_for, reviews_for
from marketplace.trading.engagements.rules.reciprocity import balances
from marketplace.trading.engagements.services.reviewing import due_of, open_review, record_review_day, settle_review
from marketplace.trading.models import ReviewDay, ReviewRound

WRITERS = FINANCE | {Role.ORGANISER}


def reader_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page about reviews and support: organisers and finance work with it, the auditor reads."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_reader(request.actor)
            if request.method == "POST":
                request.actor.require(*WRITERS, to="change this")
            request.section_path = url("organise-offers")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


class RoundForm(forms.Form):
    """A round to open."""

    title = forms.CharField(label="Title", max_length=120, error_messages={"required": "Enter the title"})
    day_pence = PoundsField(label="What a day that is left over costs", least=1, most=5_000_00)


class SchoolField(forms.CharField):
    """An organisation by its name, customer number or, for a school, its URN."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        meant = Q(number__iexact=text) | Q(name__iexact=text) | Q(school__urn=text)
        found = list(Organisation.objects.filter(meant).order_by("pk")[:2])
        if len(found) != 1:
            few = "No organisation is" if not found else "More than one organisation is"
            raise forms.ValidationError(f"{few} called “{text}”. Enter its name in full, or its number")
        return found[0]


class DayForm(forms.Form):
    """Days that one school gave to another."""

    giver = SchoolField(label="School that gave", error_messages={"required": "Enter the school that gave"})
    receiver = SchoolField(label="School that received", error_messages={"required": "Enter the school that received"})
    held_on = ShortDateField(label="Day", error_messages={"required": "Enter the day"})
    days = forms.DecimalField(
        label="Days", max_digits=5, decimal_places=2, error_messages={"required": "Enter how many days"}
    )


@reader_page(READ_AND_WRITE)
def reviews(request: OrganiserRequest) -> HttpResponse:
    """Every round, and a form to open one."""
    form = RoundForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = open_review(**form.cleaned_data, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("organise-review", number=made.number))
    page = page_of(request, reviews_for(request.actor))
    context = {
        "form": form, "page_obj": page, "count_text": plural(page.paginator.count, "round"),
        "may_write": request.actor.has(Role.ORGANISER),
    }  # fmt: skip
    return show(request, "reviews.html", context, status=400 if form.errors else 200)


@reader_page(READ_AND_WRITE)
def review(request: OrganiserRequest, number: str) -> HttpResponse:
    """One round: who gave and received how much, every day, and what settling it charges and owes."""
    found = review_for(request.actor, number)
    adding = request.method == "POST" and request.POST.get("do") != "settle"
    form = DayForm(request.POST if adding else None)
    errors: list[str] = []
    if request.method == "POST" and (not adding or form.is_valid()):
        try:
            messages.success(request, _do(request, found, form))
            return redirect(url("organise-review", number=number))
        except DomainError as error:
            errors = said(error)
            found = review_for(request.actor, number)
    context = _context(request, found) | {"form": form, "errors": errors, "back_url": url("organise-reviews")}
    return show(request, "review.html", context, status=400 if form.errors or errors else 200)


def _do(request: OrganiserRequest, found: ReviewRound, form: DayForm) -> str:
    if form.is_bound:
        record_review_day(round=found, **form.cleaned_data, actor=request.actor)
        return "Recorded."
    expected = whole(request.POST.get("expected"), otherwise=-1)
    due = settle_review(round=found, expected_pence=expected, on=timezone.localdate(), actor=request.actor)
    return f"Settled: {money(sum(due.to_pay.values()))} is to invoice, and the same is owed."


def _context(request: OrganiserRequest, found: ReviewRound) -> dict[str, Any]:
    days = list(ReviewDay.objects.filter(round=found).select_related("giver", "receiver").order_by("held_on", "pk"))
    left = balances((one.giver_id, one.receiver_id, one.days) for one in days)
    schools = Organisation.objects.in_bulk(list(left))
    due = due_of(found)
    rows = [
        {
            "school": schools[pk].name,
            "gave": sum(one.days for one in days if one.giver_id == pk),
            "received": sum(one.days for one in days if one.receiver_id == pk),
            "left": days_left,
            "pays": due.to_pay.get(pk, 0),
            "owed": due.owed.get(pk, 0),
        }
        for pk, days_left in sorted(left.items(), key=lambda item: schools[item[0]].name)
    ]
    return {
        "round": found, "days": days, "rows": rows, "total": sum(due.to_pay.values()),
        "open": found.state == ReviewRound.State.OPEN, "may_add": request.actor.has(Role.ORGANISER),
        "may_settle": request.actor.has(*WRITERS),
    }  # fmt: skip
