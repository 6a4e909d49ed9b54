"""Who meets the pages of hubs, and what those pages share."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from frontend.organise.access import READ, OrganiserRequest, View
from marketplace.core.actors import FINANCE_READERS, Role
from marketplace.core.errors import NotFound
from marketplace.core.files import files_of
from subscriptions.hubs.papers import APPLICATION
from subscriptions.hubs.queries import APPLYING, READING
from subscriptions.hubs.services.calls import minute_words
from subscriptions.hubs.services.writing import require_running

WRITE = ("GET", "HEAD", "POST")
HUB_READERS = (Role.ORGANISER, *sorted(FINANCE_READERS))


def hubs_page(
    methods: Sequence[str] = READ, *, roles: Sequence[Role] = READING, section: str = "organise-outcome-contracts"
) -> Callable[[View], View]:
    """Guards a page of calls and hubs; nobody without one of the roles is told that it exists."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(*roles):
                raise NotFound("Page not found")
            if roles == READING and request.method == "POST":
                require_running(request.actor, to="change calls for hubs")
            request.section_path = url(section)
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def panel_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page of the panel."""
    return hubs_page(methods, roles=(Role.PANEL,), section="panel-calls")


def applicant_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page of schools that apply."""
    return hubs_page(methods, roles=APPLYING, section="school-hub-calls")


def show(request: OrganiserRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the folder ``hubs``."""
    return render(
        request, f"hubs/{template}", {"today": timezone.localdate(), "minute": minute_words, **context}, status=status
    )


def papers_of(number: str) -> list[dict[str, Any]]:
    """The files of an application, each with its address. The caller has checked who asks."""
    found = files_of(APPLICATION, number)
    return [{"text": one.name, "href": url("file", pk=one.pk), "pk": one.pk, "size": one.size} for one in found]
