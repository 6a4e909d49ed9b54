"""Organisers set up resources: the form in which they are sold, their author and royalty, and their files."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.models import Offer, Resource
from catalogue.resource_queries import current_files, resource_of, resource_offer_for, resource_offers_for
from catalogue.services.resources import (
    KEEPERS,
    ResourceRefused,
    add_resource_file,
    end_resource_file,
    set_up_resource,
)
from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation

HUNDRED = Decimal(100)
View = Callable[..., HttpResponse]


def resource_page(view: View) -> View:
    """For organisers and administrators; nobody else is told that the page exists."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.has(*KEEPERS):
            raise NotFound("Page not found")
        request.section_path = url("organise-offers")
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(login_required(guarded))


class ResourceForm(forms.Form):
    """How it is sold, and what its author earns."""

    form = forms.ChoiceField(label="Form of sale", choices=Resource.Form.choices, widget=forms.RadioSelect)
    scope = forms.ChoiceField(label="Counts for", choices=Resource.Scope.choices, widget=forms.RadioSelect)
    author = forms.CharField(label="Author", max_length=200, required=False)
    royalty = forms.CharField(label="Royalty", max_length=7, required=False)

    def clean_author(self) -> Organisation | None:
        text = self.cleaned_data["author"].strip()
        if not text:
            return None
        found = list(Organisation.objects.filter(number__iexact=text)[:1]) or list(
            Organisation.objects.filter(name__iexact=text)[:2]
        )
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(f"Several organisations are called {text}. Enter the number instead")
        raise forms.ValidationError(f"There is no organisation {text}. An administrator adds it first")

    def clean_royalty(self) -> Decimal:
        """The share as it is stored: 30% is 0.3."""
        text = self.cleaned_data["royalty"].strip().removesuffix("%").strip()
        if not text:
            return Decimal(0)
        whole, _, part = text.partition(".")
        if not (whole.isascii() and whole.isdigit() and (part == "" or (part.isascii() and part.isdigit()))):
            raise forms.ValidationError("Royalty must be a number of per cent, like 30 or 12.5")
        share = Decimal(text) / HUNDRED
        if not 0 < share <= 1 or len(part) > 2:
            raise forms.ValidationError("Royalty must be more than 0 and at most 100, with at most 2 decimal places")
        return share


class FileForm(forms.Form):
    """A file, or the next version of one."""

    title = forms.CharField(label="Title", max_length=120)
    file = forms.FileField(label="File", allow_empty_file=True)


@resource_page
def resources(request: SignedInRequest) -> HttpResponse:
    """Every offer of the kind resource: how it is sold, who wrote it, how many files it has."""
    page = page_of(request, resource_offers_for(request.actor))
    rows = [(offer, resource_of(offer)) for offer in page]
    context = {
        "page_obj": page, "rows": rows, "percent": percent, "count_text": plural(page.paginator.count, "resource"),
    }  # fmt: skip
    return render(request, "organise/resources.html", context)


def percent(share: Decimal) -> str:
    """ "30%", "12.5%"."""
    return f"{(share * HUNDRED).normalize():f}%"


@resource_page
def resource(request: SignedInRequest, code: str) -> HttpResponse:
    """One resource: how it is sold, its author's royalty, its files. Each of its forms does one thing."""
    offer = resource_offer_for(request.actor, code)
    found = resource_of(offer)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = ResourceForm(request.POST if do == "set_up" else None, initial=_initial(offer, found))
    adding = FileForm(request.POST, request.FILES) if do == "add" else FileForm()
    errors: list[str] = []
    if do:
        try:
            words = _done(request, do, offer, found, form, adding)
        except DomainError as error:
            errors, words = [error.message, *error.detail], ""
        if words:
            messages.success(request, words)
            return redirect(url("organise-resource", code=code))
    context = {
        "offer": offer, "resource": found, "form": form, "file_form": adding, "errors": errors, "percent": percent,
        "files": current_files(found), "back_url": url("organise-resources"), "forms": [adding],
    }  # fmt: skip
    return render(request, "organise/resource.html", context, status=400 if do else 200)


def _initial(offer: Offer, found: Resource | None) -> dict[str, str]:
    if found is None:
        form = Resource.Form.LICENCE if offer.term_months else Resource.Form.DOWNLOAD
        return {"form": form, "scope": Resource.Scope.SCHOOL}
    return {
        "form": found.form, "scope": found.scope, "author": found.author.name if found.author else "",
        "royalty": percent(found.royalty).removesuffix("%") if found.author else "",
    }  # fmt: skip


def _done(
    request: SignedInRequest, do: str, offer: Offer, found: Resource | None, form: ResourceForm, adding: FileForm
) -> str:
    """Does what the pressed button says. Returns it in words, or nothing where a form has errors."""
    on, actor = timezone.localdate(), request.actor
    if do == "set_up":
        if not form.is_valid():
            return ""
        given = form.cleaned_data
        set_up_resource(
            offer=offer, form=Resource.Form(given["form"]), scope=Resource.Scope(given["scope"]),
            author=given["author"], royalty=given["royalty"], actor=actor,
        )  # fmt: skip
        return "Saved. What was ordered before keeps what held then."
    if found is None:
        raise ResourceRefused("Say first how it is sold.")
    if do == "add":
        if not adding.is_valid():
            return ""
        upload = adding.cleaned_data["file"]
        made = add_resource_file(
            resource=found, title=adding.cleaned_data["title"], upload=upload.file, name=upload.name, on=on, actor=actor
        )
        return f"{made.title} is there, version {made.version}. Buyers download it from now on."
    file = next((one for one in current_files(found) if str(one.pk) == request.POST.get("file")), None)
    if file is None:
        raise NotFound("That file was taken off or replaced before.")
    end_resource_file(file=file, on=on, actor=actor)
    return f"{file.title} is taken off. Nobody downloads it any more."
