"""A buyer's own history: what was done for it or by its people, in words, newest first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.audit.facts import label, value
from frontend.audit.names import names_for, when
from frontend.audit.words import sentence
from frontend.buying import SignedInRequest, buyer_for
from frontend.finance.listing import page_of
from marketplace.core.event_queries import events_for
from marketplace.core.models import Event

PER_PAGE = 25


@login_required
@require_safe
def history(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The events in whose scope the buyer stands. What people wrote and the inner facts are not shown here."""
    buyer = buyer_for(request, kind, code)
    found = events_for(request.actor).filter(organisation_ids__contains=[buyer.organisation.pk]).order_by("-pk")
    page = page_of(request, found, per_page=PER_PAGE)
    shown = list(page)
    names = names_for(shown)
    own = {*request.actor.organisations(), buyer.organisation.pk}
    rows = [
        {"title": sentence(event), "by": names.by(event), "when": when(event.at), "text": _amounts(event, own)}
        for event in shown
    ]
    context = {"buyer": buyer, "page_obj": page, "rows": rows, "back_url": buyer.url("school-about")}
    return render(request, "audit/own.html", context)


def _amounts(event: Event, own: set[int]) -> str:
    """The sums that the event names: "Gross £120.00". Not where it concerns an organisation beside the reader's own: a
    school does not see what its trust pays for others."""
    if not set(event.organisation_ids) <= own:
        return ""
    sums = {name: pence for name, pence in event.payload.items() if name.endswith("pence") and isinstance(pence, int)}
    return ", ".join(f"{label(name)} {value(name, pence)}" for name, pence in sums.items())
