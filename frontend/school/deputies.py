"""Who stands in for somebody who approves, from when to when; it ends by itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import DatePartsField, PoundsField
from frontend.formats import long_date
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Deputy, Person
from marketplace.organisations.queries import deputies_of
from marketplace.organisations.services.delegation import end_deputy, may_name_deputy, name_deputy
from marketplace.organisations.services.people import on_day


class DeputyForm(forms.Form):
    """Whom, from when to when, up to how much."""

    deputy = forms.ModelChoiceField(label="Deputy", queryset=Person.objects.none(), empty_label="Choose a person")
    first_day = DatePartsField(label="First day")
    last_day = DatePartsField(label="Last day")
    limit = PoundsField(label="Up to", required=False)


def _colleagues(buyer: Buyer, request: SignedInRequest) -> Any:
    """Those with a role at the organisation today, without the person who asks."""
    held = Person.objects.filter(
        pk__in=buyer.organisation.role_assignments.filter(on_day(timezone.localdate())).values("person")
    )
    return held.exclude(pk=request.actor.person_id or 0).order_by("name")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The person's deputies of today and later, and naming another."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    if not may_name_deputy(request.actor, buyer.organisation.pk):
        raise NotFound("Page not found")
    form = DeputyForm(request.POST if request.method == "POST" else None)
    form.fields["deputy"].queryset = _colleagues(buyer, request)  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = name_deputy(
                organisation=buyer.organisation, deputy=given["deputy"], first_day=given["first_day"],
                last_day=given["last_day"], spending_limit_pence=given["limit"], on=on, actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            days = f"from {long_date(made.valid_from)} to {long_date(given['last_day'])}"
            messages.success(request, f"{made.deputy.name} decides for you {days}.")
            return redirect(buyer.url("school-deputies"))
    context = {
        "buyer": buyer,
        "form": form,
        "deputies": list(deputies_of(request.actor.person_id, buyer.organisation, on)),
        "nobody": not _colleagues(buyer, request).exists(),
        "today": on,
        "back_url": buyer.url("school-about"),
    }
    return render(request, "school/deputies.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def end(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Ends one from today on."""
    buyer = buyer_for(request, kind, code)
    own = Deputy.objects.filter(for_person=request.actor.person_id, organisation=buyer.organisation)
    found = own.filter(pk=pk).select_related("deputy").first()
    if found is None:
        raise NotFound("Page not found")
    end_deputy(deputy=found, on=timezone.localdate(), actor=request.actor)
    messages.success(request, f"{found.deputy.name} no longer decides for you.")
    return redirect(buyer.url("school-deputies"))
