"""A referee without an account answers by a signed link: reading uses nothing up, answering does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.provider.accreditation_forms import ReferenceForm
from frontend.secret_addresses import private
from marketplace.core.errors import DomainError
from providers.services import ReferenceLinkGone, answer_reference, reference_by_link


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reference(request: HttpRequest, token: str) -> HttpResponse:
    """About whom we ask, and the answer; a link that does not work says so without any name."""
    now = timezone.now()
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    try:
        asked = reference_by_link(token=token, at=now)
        if form.is_valid():
            given = form.cleaned_data
            try:
                answer_reference(token=token, recommends=given["recommends"] == "yes", words=given["words"], at=now)
            except ReferenceLinkGone:
                raise
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                return private(redirect("reference-done"))
    except ReferenceLinkGone:
        return private(render(request, "public/reference_gone.html", status=404))
    context = {"reference": asked, "application": asked.application, "form": form, "token": token}
    return private(render(request, "public/reference.html", context, status=400 if form.is_bound else 200))


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The end of the journey, without any name: the link is used up."""
    return private(render(request, "public/reference_done.html"))
