"""A provider's rates: those that hold and those to come, what is being negotiated, and proposing new ones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.rate_forms import NewRateForm, initial_of
from frontend.rate_words import UNITS, answered, context_of, tag_of
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from providers.models import Consultant, Provider, RateProposal
from providers.queries import own_consultants, proposal_for, proposals_for, rates_for
from providers.services import propose_rates

PER_PAGE = 25


def provider_seen(actor: Actor, code: str) -> Provider:
    """The provider of the address for its own staff and its consultants; NotFound for anybody else."""
    own = actor.organisations(Role.PROVIDER, Role.CONSULTANT)
    found = Provider.objects.select_related("organisation").filter(code=code, organisation_id__in=own).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def may_write(actor: Actor, provider: Provider) -> bool:
    """Whether the actor is of the provider's staff; a consultant only looks."""
    return provider.organisation_id in actor.organisations(Role.PROVIDER)


@login_required
@require_safe
def rates(request: SignedInRequest, provider: str) -> HttpResponse:
    """What holds and what is to come, by consultant; then the negotiations, newest first."""
    found, on = provider_seen(request.actor, provider), timezone.localdate()
    held = rates_for(request.actor).filter(consultant__provider=found)
    held = held.exclude(valid_to__lte=on).order_by("consultant__name", "valid_from", "audience", "-sell_pence", "unit")
    page = page_of(
        request, proposals_for(request.actor).filter(consultant__provider=found), per_page=PER_PAGE
    )  # fmt: skip
    context = {
        "provider": found, "on": on, "units": UNITS, "may_write": may_write(request.actor, found),
        "held": list(held[:400]), "page_obj": page, "rows": [(one, tag_of(one, ours=False)) for one in page],
        "count_text": plural(page.paginator.count, "proposal"),
    }  # fmt: skip
    return render(request, "provider/rates.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, provider: str) -> HttpResponse:
    """New rates of one of its consultants, for the partnership to agree."""
    found = provider_for(request.actor, provider)
    form = NewRateForm(posted(request), consultants=_consultants(request.actor, found), initial=initial_of(None))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = propose_rates(
                consultant=given["consultant"], terms=form.terms(), valid_from=given["valid_from"],
                words=given["words"], on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, "Sent. We agree it, or propose otherwise.")
            return redirect(url("provider-rate", provider=provider, number=made.number))
    context = {"provider": found, "form": form, "back_url": url("provider-rates", provider=provider)}
    return render(request, "provider/rate_new.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: SignedInRequest, provider: str, number: str) -> HttpResponse:
    """One negotiation: what lies on the table, every step, and the answer where it is the provider's turn."""
    found = provider_seen(request.actor, provider)
    proposal = _proposal(request.actor, found, number)
    if request.method == "POST" and not may_write(request.actor, found):
        raise NotAllowed("You may not negotiate rates. Ask somebody of the provider to do it.")
    here = url("provider-rate", provider=provider, number=number)
    form, errors, done = answered(request, proposal, request.actor)
    if done:
        return redirect(here)
    context = context_of(proposal, request.actor, form) | {
        "provider": found, "errors": errors, "tag": tag_of(proposal, ours=False),
        "back_url": url("provider-rates", provider=provider),
    }  # fmt: skip
    return render(request, "provider/rate.html", context, status=400 if form.errors or errors else 200)


def _proposal(actor: Actor, provider: Provider, number: str) -> RateProposal:
    proposal = proposal_for(actor, number)
    if proposal.consultant.provider_id != provider.pk:
        raise NotFound("Page not found")
    return proposal


def _consultants(actor: Actor, provider: Provider) -> QuerySet[Consultant]:
    return own_consultants(actor).filter(provider=provider, left_on=None).order_by("name", "pk")
