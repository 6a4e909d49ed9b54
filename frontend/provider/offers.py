"""A provider's own offers: the list with where each stands, a new one, its parts, submitting it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Offer
from catalogue.offer_queries import offer_for, offers_for, provider_for, stage_of
from catalogue.rules.offer_content import differences
from catalogue.services import drop_changes, start_offer, submit_offer
from catalogue.services.versions import content_of, pending_of
from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.offer_editing import about, part_for, save_part, task_list
from frontend.organise.offer_forms import NewOfferForm
from marketplace.core.errors import DomainError, NotFound, WrongInput
from providers.models import Provider

PER_PAGE = 25
_LOCKED = Offer.State.SUBMITTED


def _own(request: SignedInRequest, provider: str, code: str) -> tuple[Provider, Offer]:
    """The provider of the address and its offer, or NotFound where either is not the actor's."""
    found = provider_for(request.actor, provider)
    offer = offer_for(request.actor, code)
    if offer.provider_id != found.pk:
        raise NotFound("Page not found")
    return found, offer


@login_required
@require_safe
def offers(request: SignedInRequest, provider: str) -> HttpResponse:
    """The provider's offers with where each stands."""
    found = provider_for(request.actor, provider)
    page = page_of(
        request, offers_for(request.actor).filter(provider=found).order_by("title", "pk"), per_page=PER_PAGE
    )  # fmt: skip
    context = {
        "provider": found, "page_obj": page, "rows": [(offer, stage_of(offer)) for offer in page],
        "count_text": plural(page.paginator.count, "offer"),
    }  # fmt: skip
    return render(request, "provider/offers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, provider: str) -> HttpResponse:
    """A new draft, to be filled part by part."""
    found = provider_for(request.actor, provider)
    form = NewOfferForm(posted(request))
    if form.is_bound and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            made = start_offer(
                provider=found, kind=Offer.Kind(given["kind"]), title=given["title"], on=timezone.localdate(),
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("provider-offer", provider=provider, code=made.code))
    context = {"provider": found, "form": form, "back_url": url("provider-offers", provider=provider)}
    return render(request, "provider/offer_new.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: SignedInRequest, provider: str, code: str) -> HttpResponse:
    """One offer: its parts, what was asked of it, and submitting it."""
    found, own = _own(request, provider, code)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words = _done(request, own)
        except DomainError as error:
            errors, status = said(error), error.status
            own = offer_for(request.actor, code)
        else:
            messages.success(request, words)
            return redirect(url("provider-offer", provider=provider, code=code))
    shown = about(own)
    locked = shown["stage"] == _LOCKED
    context = {
        **shown, "provider": found, "errors": errors, "locked": locked,
        "tasks": task_list(shown["content"], organiser=False,
                           address=lambda key: "" if locked else url("provider-offer-part", provider=provider,
                                                                     code=code, part=key)),
        "may_submit": shown["stage"] in ("draft", "changes_asked"),
        "changed": differences(content_of(own), shown["content"]) if shown["copy"] else [],
        "back_url": url("provider-offers", provider=provider),
    }  # fmt: skip
    return render(request, "provider/offer.html", context, status=status)


def _done(request: SignedInRequest, own: Offer) -> str:
    """What the button that was pressed does, in words."""
    if request.POST.get("do") == "submit":
        submit_offer(offer=own, actor=request.actor)
        return f"{own.title} is with us to look at. We tell you by e-mail when it is published, or what to change."
    if request.POST.get("do") == "drop":
        drop_changes(offer=own, actor=request.actor)
        return f"Your changes are dropped. {own.title} stays as it is published."
    raise WrongInput("Choose what to do with the offer")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: SignedInRequest, provider: str, code: str, part: str) -> HttpResponse:
    """One part of the offer to fill or change."""
    found, own = _own(request, provider, code)
    content = pending_of(own)
    page = part_for(content, part, organiser=False)
    form = page.form(posted(request), content=content)
    if form.is_bound and save_part(own, form, request.actor):
        return redirect(url("provider-offer", provider=provider, code=code))
    context = {
        "provider": found, "offer": own, "part": page, "form": form,
        "back_url": url("provider-offer", provider=provider, code=code),
    }  # fmt: skip
    return render(request, "provider/offer_part.html", context, status=400 if form.is_bound else 200)
