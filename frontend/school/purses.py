"""A cluster's purse for its members: what is left, who drew what, and for its lead who may draw how much."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import PoundsField
from frontend.finance.listing import csv_url, wants_csv
from frontend.finance.purses import statement_file
from frontend.formats import money
from marketplace.core.errors import DomainError
from marketplace.core.money import plain_pounds
from subscriptions.purses.models import Purse, PurseMember
from subscriptions.purses.queries import members_of, own_purse, standings_of, statement_of
from subscriptions.services import set_limit


@login_required
@require_safe
def purse(request: SignedInRequest, kind: str, code: str, purse: str) -> HttpResponse:
    """The statement that all members read."""
    buyer = buyer_for(request, kind, code)
    found = own_purse(buyer.organisation, purse)
    if wants_csv(request):
        return statement_file(found)
    [standing], members = standings_of([found]), members_of(found)
    bars = [(one.organisation.name, one.drawn_pence) for one in members if one.drawn_pence]
    own = next(one for one in members if one.organisation_id == buyer.organisation.pk)
    context = {
        "buyer": buyer, "purse": found, "standing": standing, "members": members, "own": own,
        "lines": statement_of(found), "last": found.valid_to - timedelta(days=1), "csv_url": csv_url(request),
        "bars": bars, "most": max((pence for _, pence in bars), default=0),
        "finding": f"{money(standing.drawn_pence)} of {money(standing.paid_pence)} is drawn, {money(standing.left_pence)} is left",
        "limit_url": _limit_url(buyer, found), "back_url": buyer.url("school-sharing"),
    }  # fmt: skip
    return render(request, "school/purse.html", context)


def _limit_url(buyer: Buyer, found: Purse) -> Any:
    """Where the lead sets what a member may draw; nowhere for the others."""
    if found.lead_id != buyer.organisation.pk:
        return None
    return lambda pk: buyer.url("school-purse-limit", purse=found.code, pk=pk)


class LimitForm(forms.Form):
    """Whether a member may draw, and the most that it may."""

    may_draw = forms.ChoiceField(
        label="May it pay from the purse?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    most = PoundsField(label="At most, with VAT", required=False, help_text="Empty: all that is left")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def purse_limit(request: SignedInRequest, kind: str, code: str, purse: str, pk: int) -> HttpResponse:
    """The lead says whether a member may draw, and how much over the whole time of the purse; the others read the statement."""
    buyer = buyer_for(request, kind, code)
    found = own_purse(buyer.organisation, purse)
    member = get_object_or_404(PurseMember.objects.select_related("organisation", "purse__lead"), purse=found, pk=pk)
    here = buyer.url("school-purse", purse=found.code)
    if request.method != "POST" and found.lead_id != buyer.organisation.pk:
        return redirect(here)
    initial = {
        "may_draw": "yes" if member.may_draw else "no",
        "most": "" if member.most_pence is None else plain_pounds(member.most_pence),
    }
    form = LimitForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            set_limit(
                member=member, may_draw=form.cleaned_data["may_draw"] == "yes", most_pence=form.cleaned_data["most"],
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"What {member.organisation.name} may draw is set.")
            return redirect(here)
    context = {"buyer": buyer, "purse": found, "member": member, "form": form, "forms": [form], "back_url": here}
    return render(request, "school/purse_limit.html", context, status=400 if form.is_bound else 200)
