"""One quarterly return as the partnership writes it: figures filled in, readings, a narrative, what is missing, sending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.council.reports import return_context
from frontend.council.words import state_of_return, target_words
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.council_contracts import SECTION
from frontend.organise.council_forms import ReturnForm
from marketplace.core.errors import DomainError
from subscriptions.commissions.models import QuarterReturn
from subscriptions.commissions.queries import figures_of, return_for
from subscriptions.commissions.services.returning import (
    OPEN,
    missing_of,
    send_return,
    take_reading,
    write_narrative,
)


@organiser_page(READ_AND_WRITE, section=SECTION)
def quarter(request: OrganiserRequest, number: str, ordinal: int) -> HttpResponse:
    """One quarter: save what is known, then send it. Each save keeps what was entered."""
    on = timezone.localdate()
    found = return_for(request.actor, number, ordinal)
    editing = found.state in OPEN
    form = ReturnForm(request.POST if request.method == "POST" and editing else None, report=found)
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, _saved(request, found, form))
            return redirect(url("organise-council-return", number=number, ordinal=ordinal))
        except DomainError as error:
            for words in error.detail or [error.message]:
                form.add_error(None, words)
    context = {
        **return_context(found),
        "figures": figures_of(found) if editing else found.figures,
        "state": state_of_return(found, ours=True),
        "missing": missing_of(found, on) if editing else [],
        "editing": editing,
        "form": form,
        "inputs": [(one, target_words(one), form.fields_of(one)) for one in form.indicators],
        "back_url": url("organise-council-contract", number=number),
    }
    return show(request, "council_return.html", context, status=400 if form.errors else 200)


def _saved(request: OrganiserRequest, found: QuarterReturn, form: ReturnForm) -> str:
    """Keeps what was entered, and sends it where that was asked."""
    write_narrative(report=found, narrative=form.cleaned_data["narrative"], actor=request.actor)
    for indicator, terms in form.readings():
        take_reading(report=found, indicator=indicator, terms=terms, actor=request.actor)
    if request.POST.get("do") != "send":
        return "Saved. Nothing is sent yet."
    send_return(report=found, on=timezone.localdate(), actor=request.actor)
    return f"Sent. A commissioner of {found.council.contract.party.name} accepts it or asks about it."
