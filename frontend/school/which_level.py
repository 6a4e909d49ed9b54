"""Which subscription level would have cost a school least, given what it bought."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for
from frontend.level_words import advice_context


@login_required
@require_safe
def which_level(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Each level held against the school's own purchases, with a chart, its table and the working of each."""
    buyer = buyer_for(request, kind, code)
    try:
        levels_url = buyer.url("school-subscription")
    except NoReverseMatch:
        levels_url = ""
    context = {
        "buyer": buyer,
        "levels_url": levels_url,
        "back_url": buyer.url("school-places-left"),
        **advice_context(request, buyer.organisation),
    }
    return render(request, "school/which_level.html", context)
