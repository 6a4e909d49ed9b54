"""A governor or trustee without an account releases a payment batch by a signed link: reading uses nothing up."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.finance.access import said
from frontend.secret_addresses import private
from invoicing.paying_out.by_link import ReleaseLinkGone, decline_by_link, release_by_link, request_by_link
from invoicing.paying_out.queries import lines_of
from marketplace.core.errors import DomainError

ANSWERS = ("release", "decline")


class AnswerForm(forms.Form):
    """Release it, or not and why."""

    do = forms.ChoiceField(choices=[(one, one) for one in ANSWERS], error_messages={"required": "Choose what to do"})
    reason = forms.CharField(label="Why you do not release it", max_length=240, required=False)

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = super().clean() or {}
        if given.get("do") == "decline" and not given.get("reason"):
            self.add_error("reason", "Enter why you do not release it")
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, token: str) -> HttpResponse:
    """The frozen totals, the hash and the payees; a link that does not work says so without any name."""
    now = timezone.now()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    errors: list[str] = []
    try:
        asked = request_by_link(token=token, at=now)
        if form.is_valid():
            try:
                if form.cleaned_data["do"] == "release":
                    release_by_link(token=token, at=now, user_number=settings.BACS_USER_NUMBER)
                else:
                    decline_by_link(token=token, reason=form.cleaned_data["reason"], at=now)
            except ReleaseLinkGone:
                raise
            except DomainError as error:
                errors = said(error)
            else:
                return private(redirect(reverse("release-by-link-done", kwargs={"answer": form.cleaned_data["do"]})))
    except ReleaseLinkGone:
        return private(render(request, "public/release_gone.html", status=404))
    context = {
        "asked": asked, "batch": asked.batch, "lines": list(lines_of(asked.batch)), "form": form, "forms": [form],
        "errors": errors,
    }  # fmt: skip
    return private(render(request, "public/release.html", context, status=400 if form.is_bound else 200))


@never_cache
@require_safe
def done(request: HttpRequest, answer: str) -> HttpResponse:
    """The end of the journey, without the batch: the link is used up."""
    known = answer if answer in ANSWERS else "release"
    return private(render(request, "public/release_done.html", {"answer": known}))
