"""The library of cancellation policies: what each says in words, a date under it, the offers that have it."""

import json
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.models import Offer
from catalogue.rules.cancellation import Basis, Length
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.policy_forms import ApplyForm, PolicyForm, PreviewForm
from frontend.policy_words import COUNTING, further_lines, policy_lines, preview
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money
from marketplace.trading.models import CancellationPolicy
from marketplace.trading.services.policies import apply_policy, keep_policy

SECTION = "organise-offers"
SHOWN_OFFERS = 50


@organiser_page(section=SECTION)
def policies(request: OrganiserRequest) -> HttpResponse:
    """The newest version of each policy, with what it says of places with a price."""
    page = page_of(request, CancellationPolicy.objects.filter(newest=True).order_by("title", "pk"))
    rows = [{"policy": one, "words": policy_lines(one.rule)[0][1]} for one in page]
    context = {"page_obj": page, "rows": rows, "count_text": plural(page.paginator.count, "policy", "policies")}
    return show(request, "policies.html", context)


@organiser_page(READ_AND_WRITE, section=SECTION)
def new(request: OrganiserRequest) -> HttpResponse:
    """A policy in words; the page of it shows the same as data."""
    form = PolicyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            kept = keep_policy(
                code=form.cleaned_data["code"],
                title=form.cleaned_data["title"],
                rule=form.rule,
                on=timezone.localdate(),
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{kept.title} is in the library, version {kept.version}.")
            return redirect("organise-policy", code=kept.code)
    context = {"form": form, "back_url": url("organise-policies"), "counting": COUNTING}
    return show(request, "policy_new.html", context, status=400 if form.errors else 200)


@organiser_page(READ_AND_WRITE, section=SECTION)
def policy(request: OrganiserRequest, code: str) -> HttpResponse:
    """One policy: in words, for a date, as data; posting gives it to an offer."""
    versions = list(CancellationPolicy.objects.filter(code=code).select_related("added_by_person"))
    if not versions:
        raise NotFound("Page not found")
    found = versions[0]
    apply_form = ApplyForm(request.POST if request.method == "POST" else None)
    if apply_form.is_valid() and (done := _applied(request, found, apply_form)):
        messages.success(request, done)
        return redirect("organise-policy", code=code)
    preview_form = PreviewForm(request.GET) if "basis" in request.GET else PreviewForm(_usual(timezone.localdate()))
    offers = Offer.objects.filter(cancellation=found.rule).order_by("title")
    context = {
        "policy": found,
        "versions": versions,
        "lines": policy_lines(found.rule),
        "further": further_lines(found.rule),
        "counting": COUNTING,
        "data": json.dumps(found.rule, indent=2),
        "form": apply_form,
        "preview_form": preview_form,
        "rows": _rows(found, preview_form),
        "offers": list(offers[:SHOWN_OFFERS]),
        "offers_text": plural(offers.count(), "offer"),
        "back_url": url("organise-policies"),
    }
    bad = apply_form.is_bound or bool(preview_form.errors)
    return show(request, "policy.html", context, status=400 if bad else 200)


def _usual(on: date) -> dict[str, str]:
    """A day of six hours in two months, at £140.00."""
    day = on + timedelta(days=60)
    parts = {"day_day": str(day.day), "day_month": str(day.month), "day_year": str(day.year)}
    return parts | {"mode": "face_to_face", "basis": "charged", "price": "140.00", "half_days": "0", "days": "1"}


def _rows(found: CancellationPolicy, form: PreviewForm) -> list[dict[str, Any]]:
    if not form.is_valid():
        return []
    given = form.cleaned_data
    return preview(
        found.rule,
        given["day"],
        mode=given["mode"],
        basis=Basis(given["basis"]),
        length=Length(given["half_days"], given["days"]),
        price=Money.of_pounds(given["price"]),
    )


def _applied(request: OrganiserRequest, found: CancellationPolicy, form: ApplyForm) -> str:
    """What was done, or nothing: then the form says why."""
    offer = Offer.objects.filter(code=form.cleaned_data["offer"].strip()).first()
    if offer is None:
        form.add_error("offer", "There is no offer with this code. The list of offers has it")
        return ""
    try:
        apply_policy(policy=found, offer=offer, actor=request.actor)
    except DomainError as error:
        form.add_error("offer", error.message)
        return ""
    return f"{offer.title} has this policy for what is ordered from now on. Orders that stand keep theirs."
