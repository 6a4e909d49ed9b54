"""Visits for those who make them: what is to be written up, the record of one, and answers to queries. Made for a phone."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.visit_words import (
    PUPILS,
    VisitFilter,
    narrowed,
    next_words,
    rows_of,
    state_of,
    taken_on,
    units_of,
    visit_of_date,
)
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.wording import london_day
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.services.charging import worth_of
from marketplace.trading.engagements.services.visits import (
    DONE_LIMIT,
    MOST_MILES,
    REASON_LIMIT,
    answer_query,
    save_visit,
    write_up,
)
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import delivered_by, visit_dates_for

PER_PAGE = 25
MILES_ERRORS = {
    "invalid": "Miles must be a whole number", "min_value": "Miles must be 0 or more",
    "max_value": f"Miles must be {MOST_MILES:,} or fewer",
}  # fmt: skip
State = EngagementDate.State


class RecordForm(forms.Form):
    """What the consultant writes after a visit."""

    done = forms.CharField(
        label="What was done", required=False, max_length=DONE_LIMIT, help_text=PUPILS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    next_steps = forms.CharField(
        label="Next steps", required=False, max_length=DONE_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )
    miles = forms.IntegerField(
        label="Miles, there and back", required=False, min_value=0, max_value=MOST_MILES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=MILES_ERRORS,
    )  # fmt: skip

    def __init__(self, *args: Any, booking: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not booking.mileage_pence:
            del self.fields["miles"]


class AnswerForm(forms.Form):
    """Amending the record, or standing by it."""

    how = forms.ChoiceField(
        label="Your answer",
        choices=[("amend", "Charge less"), ("stand", "Stand by the record")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you charge less or stand by the record"},
    )
    quantity = forms.DecimalField(
        label="Charge instead", required=False, min_value=Decimal(0), max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Charge instead must be a number, like 0.5", "min_value": "Charge instead must be 0 or more"},
    )  # fmt: skip
    miles = forms.IntegerField(
        label="Miles instead", required=False, min_value=0, max_value=MOST_MILES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}), error_messages=MILES_ERRORS,
    )  # fmt: skip
    answer = forms.CharField(
        label="What the school reads", max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter your answer to the school"},
    )  # fmt: skip

    def __init__(self, *args: Any, travelled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not travelled:
            del self.fields["miles"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        amends = given.get("how") == "amend" and not {"quantity", "miles"} & set(self.errors)
        if amends and given.get("quantity") is None and given.get("miles") is None:
            self.add_error("quantity", "Enter how much to charge instead")
        return given


def own_date(actor: Actor, number: str, ordinal: int) -> EngagementDate:
    """A date that the actor, or somebody of their provider, delivers; NotFound otherwise."""
    found = visit_dates_for(actor).filter(delivered_by(actor), engagement__number=number, ordinal=ordinal).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def visits(request: SignedInRequest) -> HttpResponse:
    """One's visits, latest first, each with whose turn it is."""
    if not request.actor.has(Role.PROVIDER, Role.CONSULTANT) or request.actor.system:
        raise NotFound("Page not found")
    form = VisitFilter(request.GET)
    found = narrowed(visit_dates_for(request.actor).filter(delivered_by(request.actor)), form)
    page = page_of(request, found, per_page=PER_PAGE)
    context = {
        "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": rows_of(list(page), timezone.localdate(), side="provider"),
        "count_text": plural(page.paginator.count, "visit"),
    }  # fmt: skip
    return render(request, "provider/visits.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedInRequest, number: str, ordinal: int) -> HttpResponse:
    """One visit: writing it up, or reading what became of it and answering a query."""
    date_, on = own_date(request.actor, number, ordinal), timezone.localdate()
    stands = visit_of_date(date_)
    form = _form(request, date_, stands, on)
    status = 200
    if form is not None and form.is_bound:
        if form.is_valid():
            try:
                words = _done(request, date_, form, on)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
                status = error.status
            else:
                messages.success(request, words)
                return redirect(url("visits"))
        status = max(status, 400)
    return render(request, "provider/visit.html", _context(request, date_, stands, form, on), status=status)


def _context(
    request: SignedInRequest, date_: EngagementDate, stands: Visit | None, form: forms.Form | None, on: date
) -> dict[str, Any]:
    booking = date_.engagement
    writes = isinstance(form, RecordForm)
    return {
        "date": date_, "booking": booking, "visit": stands, "form": form, "day": long_date(date_.starts_at),
        "state": state_of(date_, on, side="provider"), "next": next_words(date_, on), "units": units_of(date_),
        "writes": writes, "to_come": london_day(date_.starts_at) > on,
        "earned": worth_of(stands) if stands and date_.state == State.AGREED and _sees_money(request, booking) else None,
        "last_day": long_date(stands.agree_by) if stands and stands.agree_by else "",
        "taken_on": long_date(taken_on(stands)) if stands and stands.agree_by else "",
        "back_url": url("visits"),
    }  # fmt: skip


def _sees_money(request: SignedInRequest, booking: Engagement) -> bool:
    """What the provider earns is for those who act for the provider."""
    return booking.consultant.provider.organisation_id in request.actor.organisations(Role.PROVIDER)


def _form(request: SignedInRequest, date_: EngagementDate, stands: Visit | None, on: date) -> forms.Form | None:
    """The form that fits: the record until it is handed in, the answer while it is in query, else none."""
    if date_.state == State.PLANNED and london_day(date_.starts_at) <= on:
        kept = {"done": stands.done, "next_steps": stands.next_steps, "miles": stands.miles or None} if stands else {}
        return RecordForm(posted(request), initial=kept, booking=date_.engagement)
    if date_.state == State.QUERIED:
        return AnswerForm(posted(request), travelled=bool(stands and stands.miles))
    return None


def _done(request: SignedInRequest, date_: EngagementDate, form: forms.Form, on: date) -> str:
    """What the button that was pressed does, in words."""
    given, actor = form.cleaned_data, request.actor
    school = date_.engagement.school.name
    if isinstance(form, AnswerForm):
        amends = given["how"] == "amend"
        less = {name: given.get(name) for name in ("quantity", "miles")} if amends else {}
        answer_query(visit=date_.visit, answer=given["answer"], on=on, actor=actor, **less)
        return f"Answered. {school} has its time to answer anew." if amends else f"Answered. {school} reads it."
    record = {"done": given["done"], "next_steps": given["next_steps"], "miles": given.get("miles") or 0}
    if request.POST.get("do") == "save":
        save_visit(date=date_, on=on, actor=actor, **record)
        return "Kept. The school does not see it yet."
    sent = write_up(date=date_, on=on, actor=actor, **record)
    return f"Sent to {school}. No answer counts as agreed on {long_date(taken_on(sent))}."
