"""Organisers look at offers: the list, one with its life, publishing, asking for changes, withdrawing, versions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.models import Offer, OfferVersion
from catalogue.offer_queries import LOOKING, STAGES, offer_for, offers_for, stage_of, versions_of
from catalogue.rules.offer_content import differences, says
from catalogue.services import (
    ask_for_changes,
    drop_changes,
    publish_offer,
    start_offer,
    submit_offer,
    withdraw_offer,
)
from catalogue.services.versions import content_of, pending_of
from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.offer_editing import about, part_for, save_part, task_list
from frontend.organise.offer_forms import AskForm, NewOfferForm
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from providers.models import Provider

View = Callable[..., HttpResponse]


def offer_page(view: View) -> View:
    """For organisers and administrators, who also change; the auditor reads; nobody else is told that it exists."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.has(*LOOKING, Role.AUDITOR):
            raise NotFound("Page not found")
        if request.method == "POST":
            request.actor.require(*LOOKING, to="change offers")
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(login_required(guarded))


class OfferFilter(forms.Form):
    """Which offers."""

    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "All"), ("submitted", "To review"), ("changes_asked", "With the provider"), ("draft", "Draft"),
                 ("published", "Published"), ("withdrawn", "Withdrawn")],
    )  # fmt: skip
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Offer.Kind.choices])
    provider = forms.ChoiceField(label="Provider", required=False)
    q = forms.CharField(label="Title or code", required=False, max_length=60)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["provider"].choices = [("", "All"), *provider_choices()]  # type: ignore[attr-defined]


def provider_choices() -> list[tuple[str, str]]:
    """Every provider by name."""
    return list(Provider.objects.order_by("organisation__name", "pk").values_list("code", "organisation__name"))


@offer_page
def offers(request: SignedInRequest) -> HttpResponse:
    """All offers with where each stands, narrowed by state, kind, provider and words."""
    form = OfferFilter(request.GET if request.GET else None)
    good = not form.is_bound or form.is_valid()
    given = form.cleaned_data if form.is_bound and good else {}
    found = offers_for(request.actor)
    if state := given.get("state"):
        found = found.filter(STAGES[state])
    if kind := given.get("kind"):
        found = found.filter(kind=kind)
    if provider := given.get("provider"):
        found = found.filter(provider__code=provider)
    for word in (given.get("q") or "").split():
        found = found.filter(title__icontains=word) | found.filter(code__icontains=word)
    page = page_of(request, found.order_by("title", "pk"))
    context = {
        "form": form, "page_obj": page, "chosen": chosen(request, form) if given else [],
        "rows": [(offer, stage_of(offer)) for offer in page],
        "count_text": plural(page.paginator.count, "offer"), "may_write": request.actor.has(*LOOKING),
    }  # fmt: skip
    return render(request, "organise/offers.html", context, status=200 if good else 400)


class NewForm(NewOfferForm):
    """With whose offer it is."""

    provider = forms.ChoiceField(label="Provider")
    field_order = ("provider", "kind", "title")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["provider"].choices = provider_choices()  # type: ignore[attr-defined]


@offer_page
def new(request: SignedInRequest) -> HttpResponse:
    """A draft for a provider, to be filled part by part."""
    request.actor.require(*LOOKING, to="add offers")
    form = NewForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = start_offer(
                provider=Provider.objects.get(code=given["provider"]), kind=Offer.Kind(given["kind"]),
                title=given["title"], on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("organise-offer", code=made.code))
    context = {"form": form, "back_url": url("organise-offers")}
    return render(request, "organise/offer_new.html", context, status=400 if form.is_bound else 200)


@offer_page
def offer(request: SignedInRequest, code: str) -> HttpResponse:
    """One offer: what it says, where it stands, and what can be done with it, each with its consequence."""
    found = offer_for(request.actor, code)
    errors: list[str] = []
    form, status = AskForm(None), 200
    if request.method == "POST":
        form = AskForm(request.POST if request.POST.get("do") == "ask" else None)
        try:
            words = _done(request, found, form)
        except DomainError as error:
            errors, status = said(error), error.status
            found = offer_for(request.actor, code)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("organise-offer", code=code))
            status = 400
    shown = about(found)
    context = {
        **shown, "errors": errors, "form": form, "may_write": request.actor.has(*LOOKING),
        "tasks": task_list(shown["content"], organiser=True,
                           address=lambda key: url("organise-offer-part", code=code, part=key)),
        "changed": differences(content_of(found), shown["content"]) if shown["copy"] else [],
        "prices": found.prices.count(), "back_url": url("organise-offers"),
    }  # fmt: skip
    return render(request, "organise/offer.html", context, status=status)


def _done(request: SignedInRequest, found: Offer, form: AskForm) -> str:
    """What the button that was pressed does, in words; empty where the form must be mended first."""
    actor, on = request.actor, timezone.localdate()
    match request.POST.get("do"):
        case "publish":
            publish_offer(offer=found, on=on, actor=actor)
            return (
                f"{found.title} is published as version {found.current_version.number}."
                if found.current_version
                else ""
            )
        case "withdraw":
            withdraw_offer(offer=found, actor=actor)
            return f"{found.title} is withdrawn. Nobody finds or orders it any more."
        case "submit":
            submit_offer(offer=found, actor=actor)
            return f"{found.title} is submitted."
        case "drop":
            drop_changes(offer=found, actor=actor)
            return f"The changes are dropped. {found.title} stays as it is published."
        case "ask":
            if not form.is_valid():
                return ""
            ask_for_changes(offer=found, text=form.cleaned_data["asked"], on=on, actor=actor)
            return f"{found.provider.organisation.name} is asked to change {found.title}."
    raise WrongInput("Choose what to do with the offer")


@offer_page
def part(request: SignedInRequest, code: str, part: str) -> HttpResponse:
    """One part of the offer to fill or change."""
    request.actor.require(*LOOKING, to="change offers")
    found = offer_for(request.actor, code)
    content = pending_of(found)
    page = part_for(content, part, organiser=True)
    form = page.form(posted(request), content=content)
    if form.is_bound and save_part(found, form, request.actor):
        return redirect(url("organise-offer", code=code))
    context = {"offer": found, "part": page, "form": form, "back_url": url("organise-offer", code=code)}
    return render(request, "organise/offer_part.html", context, status=400 if form.is_bound else 200)


class CompareForm(forms.Form):
    """With which version."""

    against = forms.ChoiceField(label="Compare with", required=False)

    def __init__(self, data: Any, *, others: list[OfferVersion]) -> None:
        super().__init__(data)
        choices = [(str(one.number), f"Version {one.number}") for one in others]
        self.fields["against"].choices = choices  # type: ignore[attr-defined]


@offer_page
def version(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """What was published then, and what it says differently from another version: the one before, unless chosen."""
    found = offer_for(request.actor, code)
    versions = versions_of(found)
    this = next((one for one in versions if one.number == number), None)
    if this is None:
        raise NotFound("Page not found")
    others = [one for one in versions if one.number != number]
    form = CompareForm(request.GET if request.GET else None, others=others)
    wanted = form.cleaned_data["against"] if form.is_bound and form.is_valid() else ""
    usual = next((one for one in others if one.number < number), None)
    other = next((one for one in others if str(one.number) == wanted), usual)
    context = {
        "offer": found, "version": this, "other": other, "said": says(this.content), "form": form if others else None,
        "changed": differences(other.content, this.content) if other else [],
        "back_url": url("organise-offer", code=code),
    }  # fmt: skip
    return render(request, "organise/offer_version.html", context, status=400 if form.errors else 200)
