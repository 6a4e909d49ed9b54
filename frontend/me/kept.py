"""What a person keeps: favourites, searches with news by e-mail, and the address of their own calendar."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.listing import next_dates
from catalogue.models import Favourite, Offer, SavedSearch
from catalogue.queries import FACETS, Filters, published_offer
from catalogue.queries_of_finding import calendar_for, favourites_for, search_for, searches_for
from catalogue.services.keeping import (
    add_favourite,
    end_calendar,
    remove_favourite,
    remove_search,
    renew_calendar,
    save_search,
    set_search_email,
)
from frontend.addresses import own_address
from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.formats import plural, short_date
from frontend.me.calendar_address import address_of
from marketplace.core.errors import DomainError
from providers.models import Provider

PER_PAGE = 25
MODES = {"face_to_face": "face to face", "online": "online", "hybrid": "face to face or online"}
KINDS = {str(value): str(label).lower() for value, label in Offer.Kind.choices}


@login_required
@require_safe
def kept(request: SignedInRequest) -> HttpResponse:
    """The person's own favourites, searches and calendar."""
    page = page_of(request, favourites_for(request.actor), per_page=PER_PAGE)
    searches = list(searches_for(request.actor))
    feed = calendar_for(request.actor)
    context = {
        "page_obj": page,
        "favourites": _favourites(page),
        "count_text": plural(page.paginator.count, "favourite"),
        "searches": _searches(searches),
        "calendar_address": address_of(feed) if feed else "",
    }
    return render(request, "me/kept.html", context)


def _favourites(found: Iterable[Favourite]) -> list[dict[str, Any]]:
    marked = list(found)
    runs = next_dates(offers=[one.offer for one in marked], after=timezone.now())
    return [
        {
            "offer": one.offer,
            "href": reverse("find-offer", kwargs={"offer": one.offer.code}),
            "next": short_date(runs[one.offer_id].starts_at) if one.offer_id in runs else "",
        }
        for one in marked
    ]


def _searches(found: list[SavedSearch]) -> list[dict[str, Any]]:
    codes = {one.provider for one in found if one.provider}
    names = dict(Provider.objects.filter(code__in=codes).values_list("code", "organisation__name")) if codes else {}
    return [
        {"search": one, "words": search_words(one, names), "href": reverse("find") + "?" + search_query(one)}
        for one in found
    ]


def search_words(search: SavedSearch, names: dict[str, str]) -> str:
    """ "“phonics”, course, online": what a kept search looks for."""
    parts = [
        f"“{search.text}”" if search.text else "",
        KINDS.get(search.kind, search.kind),
        search.theme,
        search.phase,
        MODES.get(search.mode, search.mode),
        names.get(search.provider, search.provider),
    ]
    words = ", ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def search_query(search: SavedSearch) -> str:
    """A kept search as the results' page reads it."""
    given = {"q": search.text, **{name: getattr(search, name) for name in FACETS}}
    return urlencode({name: value for name, value in given.items() if value})


@login_required
@require_POST
def favourite(request: SignedInRequest, offer: str) -> HttpResponse:
    """Marks an offer, or takes the mark away, and goes back to where the star was."""
    found = published_offer(offer)
    try:
        if request.POST.get("do") == "remove":
            remove_favourite(offer=found, actor=request.actor)
            messages.success(request, f"{found.title} is no favourite any more.")
        else:
            add_favourite(offer=found, at=timezone.now(), actor=request.actor)
            messages.success(request, f"{found.title} is among your favourites, under “What you keep”.")
    except DomainError as error:
        messages.error(request, error.message)
    return _back(request)


@login_required
@require_POST
def keep_search(request: SignedInRequest) -> HttpResponse:
    """Keeps the search of the results' page, with e-mails of what is new."""
    given: dict[str, Any] = {name: request.POST.get(name, "").replace("\0", "")[:60] for name in FACETS}
    try:
        save_search(
            text=request.POST.get("q", ""),
            filters=Filters(**given),
            by_email=True,
            at=timezone.now(),
            actor=request.actor,
        )
    except DomainError as error:
        messages.error(request, error.message)
        return _back(request)
    messages.success(request, "The search is kept. Once a week we e-mail you what is new; you can stop that here.")
    return redirect("me-kept")


@login_required
@require_POST
def search(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forgets a kept search, or switches its e-mails on or off."""
    own, wanted = search_for(request.actor, pk), request.POST.get("do", "")
    if wanted == "remove":
        remove_search(search=own, actor=request.actor)
        messages.success(request, "The search is not kept any more.")
    elif wanted in ("email", "no_email"):
        set_search_email(search=own, by_email=wanted == "email", at=timezone.now(), actor=request.actor)
        said = (
            "What is new of it comes by e-mail once a week." if wanted == "email" else "It sends no e-mails any more."
        )
        messages.success(request, f"The search is kept. {said}")
    return redirect("me-kept")


@login_required
@require_POST
def calendar_address(request: SignedInRequest) -> HttpResponse:
    """Makes the address of one's own calendar, makes another, or ends it."""
    if request.POST.get("do") == "end":
        end_calendar(actor=request.actor)
        messages.success(request, "The address of your calendar leads nowhere any more.")
    else:
        before = calendar_for(request.actor) is not None
        renew_calendar(at=timezone.now(), actor=request.actor)
        said = (
            "Your calendar has a new address; the one before leads nowhere any more."
            if before
            else "Your calendar has an address."
        )
        messages.success(request, said)
    return redirect(reverse("me-kept") + "#calendar")


def _back(request: SignedInRequest) -> HttpResponse:
    """To the page that was asked for, if it is one of ours."""
    return redirect(own_address(request.POST.get("next"), otherwise=reverse("me-kept")))
