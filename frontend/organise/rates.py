"""Rates of consultants for the partnership: proposals that wait, what each would leave, and the answer."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ, READ_AND_WRITE, OrganiserRequest, View, show
from frontend.rate_words import answered, brokerage_words, context_of, tag_of
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from providers.models import RateProposal, RateStep
from providers.queries import proposal_for, proposals_for, rates_for, rates_waiting_for
from providers.rates.negotiating import NEGOTIATING, terms_of
from providers.rates.queries import READERS
from providers.rates.rules.terms import price_list

SHOW = [
    ("", "Waiting for us"),
    ("provider", "With the provider"),
    ("agreed", "Agreed"),
    ("withdrawn", "Withdrawn"),
    ("all", "All"),
]
NARROWED: dict[str, dict[str, Any]] = {
    "": {"state": RateProposal.State.OPEN, "waits_for": "partnership"},
    "provider": {"state": RateProposal.State.OPEN, "waits_for": "provider"},
    "agreed": {"state": RateProposal.State.AGREED},
    "withdrawn": {"state": RateProposal.State.WITHDRAWN},
    "all": {},
}


class RateFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)


def rate_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page about rates: organisers, finance, the auditor and administrators; nobody else is told of it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(*READERS):
                raise NotFound("There is no such page.")
            if request.method == "POST":
                request.actor.require(*NEGOTIATING, to="negotiate rates")
            request.section_path = url("organise-offers")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


@rate_page()
def rates(request: OrganiserRequest) -> HttpResponse:
    """Negotiations, those that wait for us first of all; what holds is on the page of each consultant's provider."""
    form = RateFilter(request.GET)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    newest = RateStep.objects.order_by("-position")
    found = proposals_for(request.actor).filter(**NARROWED[wanted])
    page = page_of(request, found.prefetch_related(Prefetch("steps", queryset=newest)))
    context = {
        "filter_form": form, "page_obj": page, "rows": [_row(one) for one in page],
        "chosen": chosen(request, form), "count_text": plural(page.paginator.count, "proposal"),
        "empty": "No proposals are like that." if wanted else "No proposal of rates waits for us.",
    }  # fmt: skip
    return show(request, "rates.html", context)


def _row(proposal: RateProposal) -> dict[str, Any]:
    step = proposal.steps.all()[0]
    day = price_list(terms_of(step))[0].terms
    return {"proposal": proposal, "step": step, "day": day, "tag": tag_of(proposal, ours=True),
            "brokerage": brokerage_words(step)}  # fmt: skip


@rate_page(READ_AND_WRITE)
def rate(request: OrganiserRequest, number: str) -> HttpResponse:
    """One negotiation with what it would leave us, beside what holds now; and the answer where it is our turn."""
    proposal = proposal_for(request.actor, number)
    form, errors, done = answered(request, proposal, request.actor)
    if done:
        return redirect(url("organise-rate", number=number))
    on = timezone.localdate()
    held = rates_for(request.actor).filter(consultant=proposal.consultant, valid_from__lte=on).exclude(valid_to__lte=on)
    context = context_of(proposal, request.actor, form) | {
        "errors": errors, "tag": tag_of(proposal, ours=True), "back_url": url("organise-rates"),
        "held": {(one.unit, one.audience): one.sell_pence for one in held},
    }  # fmt: skip
    return show(request, "rate.html", context, status=400 if form.errors or errors else 200)


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Proposals that wait for the actor, in the form of the component ``waits``. One query, none for others."""
    if actor.system or not (actor.has(*NEGOTIATING) or actor.organisations()):
        return []
    found = list(rates_waiting_for(actor)[:20])
    ours = actor.has(*NEGOTIATING)
    return [
        {
            "text": f"Answer proposal {one.number}: rates of {one.consultant.name}",
            "href": url("organise-rate", number=one.number)
            if ours and one.waits_for == "partnership"
            else url("provider-rate", provider=one.consultant.provider.code, number=one.number),
            "since": one.opened_on,
            "next": "Until both sides agree, the present rates hold.",
        }
        for one in found
    ]
