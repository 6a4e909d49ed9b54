"""Terms of service: their versions, the draft of the next one, and publishing it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from frontend.buying import SignedInRequest
from frontend.jinja import url
from frontend.organise.resources import resource_page
from marketplace.core.errors import DomainError, NotFound
from subscriptions.models import TermsDocument
from subscriptions.services import draft_terms, publish_terms


class TermsForm(forms.Form):
    """The words of a version."""

    title = forms.CharField(label="Title", max_length=120)
    body = forms.CharField(
        label="Terms", max_length=40_000, widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Plain paragraphs, one to a line",
    )  # fmt: skip


class NewTermsForm(TermsForm):
    """The first version of other terms than those that are there."""

    code = forms.SlugField(label="Code", max_length=40, help_text="Small letters, digits and hyphens, like it-support")
    field_order = ("code", "title", "body")


@resource_page
def documents(request: SignedInRequest) -> HttpResponse:
    """Every version, newest first; posting drafts the first version of new terms."""
    form = NewTermsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            if TermsDocument.objects.filter(code=given["code"]).exists():
                form.add_error("code", "Terms of this code are there already. Open them to write the next version")
            else:
                made = draft_terms(actor=request.actor, **given)
                messages.success(request, f"{made.title} is a draft. Nobody accepts it before it is published.")
                return redirect(url("organise-terms-document", code=made.code))
        except DomainError as error:
            form.add_error(None, error.message)
    context = {
        "form": form, "versions": TermsDocument.objects.defer("body").order_by("code", "-version"),
        "back_url": url("organise-offers"),
    }  # fmt: skip
    return render(request, "organise/terms_documents.html", context, status=400 if form.is_bound else 200)


@resource_page
def document(request: SignedInRequest, code: str) -> HttpResponse:
    """The next version of one code: written, and published from today on."""
    versions = list(TermsDocument.objects.filter(code=code).order_by("-version"))
    if not versions:
        raise NotFound("Page not found")
    newest = versions[0]
    form = TermsForm(
        request.POST if request.method == "POST" else None, initial={"title": newest.title, "body": newest.body}
    )
    if form.is_bound and form.is_valid():
        try:
            made = draft_terms(code=code, actor=request.actor, **form.cleaned_data)
            if request.POST.get("do") == "publish":
                publish_terms(terms=made, on=timezone.localdate(), actor=request.actor)
                messages.success(request, f"Version {made.version} holds from today for what is agreed.")
            else:
                messages.success(request, f"Version {made.version} is kept as a draft.")
            return redirect(url("organise-terms-document", code=code))
        except DomainError as error:
            form.add_error(None, error.message)
    context = {
        "form": form, "versions": versions, "newest": newest,
        "next": newest.version if newest.published_on is None else newest.version + 1,
        "back_url": url("organise-terms-of-service"),
    }  # fmt: skip
    return render(request, "organise/terms_document.html", context, status=400 if form.is_bound else 200)
