"""Places that a school's subscription includes: how many are left until when, and what each was used for."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for
from frontend.finance.listing import page_of
from frontend.formats import long_date, plural, short_date
from subscriptions.models import Allowance, AllowanceUse
from subscriptions.queries import allowances_of, uses_of

PER_PAGE = 25


@login_required
@require_safe
def places_left(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The school's included places and the statement of their use, the latest first."""
    buyer = buyer_for(request, kind, code)
    on = timezone.localdate()
    page = page_of(request, uses_of(buyer.organisation), per_page=PER_PAGE)
    granted = list(allowances_of(buyer.organisation))
    open_ones = [one for one in granted if one.valid_from <= on < one.valid_to]
    context = {
        "buyer": buyer,
        "page_obj": page,
        "granted": granted_rows(granted),
        "sentences": [left_sentence(one) for one in open_ones],
        "uses": [(use, use_words(use)) for use in page],
    }
    return render(request, "school/places_left.html", context)


def granted_rows(allowances: Iterable[Allowance]) -> list[list[object]]:
    """A row for each subscription: name, first and last day, places included, kept or used, lapsed, left."""
    return [
        [
            one.name,
            f"{short_date(one.valid_from)} to {short_date(one.valid_to - timedelta(days=1))}",
            one.granted,
            one.taken,
            one.expired,
            one.left,
        ]
        for one in allowances
    ]


def left_sentence(one: Allowance) -> str:
    """ "2 of 6 Gold places are left until 31 August 2027."."""
    last = long_date(one.valid_to - timedelta(days=1))
    places = plural(one.granted, f"{one.name} place")
    return f"{one.left} of {places} {'is' if one.left == 1 else 'are'} left until {last}."


def use_words(use: AllowanceUse) -> str:
    """What became of what was kept."""
    kept = use.places - use.released
    if not kept:
        return "Came back"
    back = f", {use.released} came back" if use.released else ""
    return f"{kept} {'used' if use.consumed else 'kept'}{back}"
