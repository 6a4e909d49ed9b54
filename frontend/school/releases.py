"""The dates of a school's own leaders that wait for its head: each released or refused, with one button."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.finance.access import said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.school.consultant_words import when_words
from frontend.school.consultants import PER_PAGE, WRITE, section
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.trading.engagements.queries import releases_for
from marketplace.trading.engagements.services.dates import release_leader


class ReleaseForm(forms.Form):
    """Which date, yes or no, and why not."""

    date = forms.IntegerField(min_value=1)
    do = forms.ChoiceField(choices=[("release", "Release"), ("refuse", "Do not release")])
    reason = forms.CharField(label="Why not?", required=False, max_length=240)


@login_required
@require_http_methods(WRITE)
def releases(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Who is asked for, where, when; the other school is told at once."""
    buyer = section(request, kind, code)
    waiting = releases_for(request.actor).filter(engagement__consultant__home_school=buyer.organisation)
    errors, status = [], 200
    if request.method == "POST":
        form = ReleaseForm(request.POST)
        try:
            if not form.is_valid():
                raise WrongInput("Choose a date, and whether to release your leader for it")
            words = _answered(request, waiting.filter(pk=form.cleaned_data["date"]).first(), form)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, words)
            return redirect(buyer.url("school-releases"))
    page = page_of(request, waiting, per_page=PER_PAGE)
    context = {
        "buyer": buyer, "page_obj": page, "rows": [(one, when_words(one)) for one in page], "errors": errors,
        "count_text": plural(page.paginator.count, "date"),
    }  # fmt: skip
    return render(request, "consultants/releases.html", context, status=status)


def _answered(request: SignedInRequest, found: object, form: ReleaseForm) -> str:
    if found is None:
        raise NotFound("Page not found")
    released = form.cleaned_data["do"] == "release"
    done = release_leader(
        date=found, released=released, reason=form.cleaned_data["reason"], on=timezone.localdate(),  # type: ignore[arg-type]
        actor=request.actor,
    )  # fmt: skip
    who = done.engagement.consultant.name
    return f"{who} is {'released' if released else 'not released'} for {when_words(done)}. The school is told."
